// INIT, DESTROY, INTERRUPT, NOTIFY_REPLY, CUSE_INIT, and numbers that are no opcode.
#include "tests/dissector/decoded_message.h"

#include <gtest/gtest.h>

using namespace fusewire;
using namespace fusewire::testing;

namespace {

Wire init_in() {
    return Wire().u32(7).u32(46).u32(131072).u32(0x73fffffb).u32(0x5dd).zeros(44);
}

Wire init_out() {
    return Wire()
        .u32(7)
        .u32(45)
        .u32(65536)
        .u32(0x40000029)
        .u16(12)
        .u16(9)
        .u32(131072)
        .u32(1)
        .u16(256)
        .u16(21)
        .u32(0x20)
        .u32(1)
        .u16(30)
        .zeros(22);
}

} // namespace

TEST(Init, RequestSizesOfAllMinors) {
    const auto newest = decode_request(26, init_in());
    EXPECT_EQ(newest.value("init.flags2"), 0x5ddu);
    EXPECT_EQ(newest.offset("init.flags2"), 56u);
    EXPECT_TRUE(newest.clean()) << newest.findings();

    const auto before_36 = decode_request(26, Wire().u32(7).u32(31).u32(131072).u32(0x3ff));
    EXPECT_EQ(before_36.value("init.flags"), 0x3ffu);
    EXPECT_FALSE(before_36.has("init.flags2"));
    EXPECT_TRUE(before_36.clean()) << before_36.findings();

    const auto before_6 = decode_request(26, Wire().u32(7).u32(5));
    EXPECT_EQ(before_6.value("init.minor"), 5u);
    EXPECT_FALSE(before_6.has("init.flags"));
    EXPECT_TRUE(before_6.clean()) << before_6.findings();
}

TEST(Init, ReplySizesOfAllMinors) {
    const Buffer asked = request_bytes(26, init_in());
    const auto newest = decode_reply(asked, init_out());
    EXPECT_EQ(newest.value("init.congestion_threshold"), 9u);
    EXPECT_EQ(newest.value("init.map_alignment"), 21u);
    EXPECT_EQ(newest.value("init.flags2"), 0x20u);
    EXPECT_EQ(newest.value("init.request_timeout"), 30u);
    EXPECT_EQ(newest.offset("init.request_timeout"), 56u);
    EXPECT_TRUE(newest.clean()) << newest.findings();

    const auto before_23 =
        decode_reply(asked, Wire().u32(7).u32(22).u32(0).u32(0).u32(0).u32(4096));
    EXPECT_EQ(before_23.value("init.max_write"), 4096u);
    EXPECT_FALSE(before_23.has("init.time_gran"));
    EXPECT_TRUE(before_23.clean()) << before_23.findings();

    const auto before_5 = decode_reply(asked, Wire().u32(7).u32(4));
    EXPECT_FALSE(before_5.has("init.max_readahead"));
    EXPECT_TRUE(before_5.clean()) << before_5.findings();
}

TEST(Init, ReplyMayStopAnywhere) {
    const auto answer =
        decode_reply(request_bytes(26, init_in()),
                     Wire().u32(7).u32(31).u32(0).u32(0).u32(0).u32(4096).u32(1).u32(256));
    EXPECT_EQ(answer.value("init.max_pages"), 256u);
    EXPECT_FALSE(answer.has("init.flags2"));
    EXPECT_TRUE(answer.clean()) << answer.findings();
}

TEST(Init, OtherByteOrderIsToldFromTheLength) {
    Wire body(ByteOrder::big);
    body.u32(7).u32(46).u32(131072).u32(0x73fffffb).u32(0x5dd).zeros(44);
    const DecodedMessage init(request_bytes(26, body), Direction::request);
    EXPECT_EQ(init.message().opcode_number, 26u);
    EXPECT_EQ(init.value("init.minor"), 46u);
    EXPECT_TRUE(init.clean()) << init.findings();
}

TEST(Opcodes, ReservedAndUnassignedNumbersAreUnknown) {
    for (const std::uint32_t number :
         {1048576u, 436207616u, 0u, 7u, 19u, 57u, 4095u, 0xffffffffu}) {
        const auto message = decode_request(number, Wire().text("payload"));
        EXPECT_EQ(message.message().opcode, nullptr) << number;
        EXPECT_TRUE(message.reports(Rule::opcode_unknown)) << number;
        EXPECT_EQ(message.text("payload"), "payload");
    }
}

TEST(Interrupt, NamesItsTarget) {
    const auto interrupt = decode_request(36, Wire().u64(10));
    EXPECT_EQ(interrupt.value("interrupt.unique"), 10u);
    EXPECT_TRUE(interrupt.message().opcode->optional_reply);
}

TEST(Destroy, HasNoBody) {
    const auto destroy = decode_request(38, Wire());
    EXPECT_FALSE(destroy.has("destroy"));
    EXPECT_TRUE(destroy.clean()) << destroy.findings();
}

TEST(NotifyReply, HasDataAfterFillers) {
    const auto answer =
        decode_request(41, Wire().u64(0).u64(4096).u32(5).u32(0).zeros(16).text("hello"));
    EXPECT_EQ(answer.value("notify_reply.offset"), 4096u);
    EXPECT_EQ(answer.text("notify_reply.data"), "hello");
    EXPECT_EQ(answer.offset("notify_reply.data"), 80u);
    EXPECT_TRUE(answer.message().opcode->no_reply);
}

TEST(CuseInit, ReplyEndsInStrings) {
    const Wire in = Wire().u32(7).u32(46).u32(0).u32(1);
    EXPECT_EQ(decode_request(4096, in).value("cuse_init.flags"), 1u);
    const auto answer = decode_reply(request_bytes(4096, in), Wire()
                                                                  .u32(7)
                                                                  .u32(46)
                                                                  .u32(0)
                                                                  .u32(1)
                                                                  .u32(131072)
                                                                  .u32(65536)
                                                                  .u32(10)
                                                                  .u32(20)
                                                                  .zeros(40)
                                                                  .name("DEVNAME=null0")
                                                                  .name("MODE=0600"));
    EXPECT_EQ(answer.value("cuse_init.max_write"), 65536u);
    EXPECT_EQ(answer.value("cuse_init.dev_minor"), 20u);
    EXPECT_EQ(answer.text("cuse_init.info[1]"), "MODE=0600");
    EXPECT_EQ(answer.offset("cuse_init.info[0]"), 16u + 72);
    EXPECT_TRUE(answer.clean()) << answer.findings();
}
