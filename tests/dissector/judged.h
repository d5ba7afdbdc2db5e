// A conversation made by hand and what the checker says of it.
#pragma once

#include "dissector/checker.h"
#include "tests/dissector/records.h"

#include <gtest/gtest.h>

#include <deque>
#include <string>
#include <vector>

namespace fusewire::testing {

class JudgedTest : public ::testing::Test {
  protected:
    static constexpr std::int64_t millisecond = 1'000'000;

    void ask(const Wire& wire) { see(wire, Direction::request); }
    void answer(const Wire& wire) { see(wire, Direction::reply); }
    void notify(std::int32_t code, const Wire& body) { answer(reply(0, code, body)); }
    void write_result(std::int32_t result) {
        kept_.emplace_back();
        Record record = record_of(kept_.back(), Direction::write_result);
        record.result = result;
        see(record);
    }
    // INIT between a kernel of 7.45 and a server that accepts `flags`.
    void begin(std::uint64_t flags = 0) {
        constexpr std::uint32_t init = 26, init_ext = 1u << 30;
        ask(request(init, 2, 0, Wire().u32(7).u32(45).u32(0).u32(0x73fffffb).u32(0x5dd).zeros(44)));
        answer(reply(2, 0,
                     Wire()
                         .u32(7)
                         .u32(45)
                         .u32(0)
                         .u32((flags & 0xffffffff) | init_ext)
                         .zeros(16)
                         .u32(flags >> 32)
                         .zeros(28)));
    }
    // "rule severity" of each finding, in order.
    std::vector<std::string> found() const {
        std::vector<std::string> list;
        for (const Judgement& judgement : checker.judgements())
            if (judgement.rule->area != Area::init) // the INIT of these tests is a bare one
                list.push_back(std::string(judgement.rule->id) + " " +
                               std::string(spelling(judgement.severity)));
        return list;
    }

    using Found = std::vector<std::string>;
    Checker checker;
    std::uint64_t frame = 0;
    std::int64_t time_ns = 0;
    std::uint32_t thread = 0;
    Transport transport = Transport::read_write;

  private:
    void see(const Wire& wire, Direction direction) {
        kept_.push_back(wire);
        see(record_of(kept_.back(), direction));
    }
    void see(Record record) {
        record.frame = ++frame;
        record.time_ns = time_ns += millisecond;
        record.server_tid = thread;
        record.transport = transport;
        checker.see(record, message_, exchange_);
    }

    std::deque<Wire> kept_;
    Message message_;
    Exchange exchange_;
};

} // namespace fusewire::testing
