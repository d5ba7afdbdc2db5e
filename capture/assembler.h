// Assembler: puts messages together that take several packets, and passes the others on as they
// are. Memory follows what has arrived, never the length that a packet claims, and is bounded.
#pragma once

#include "dissector/record.h"

#include <cstdint>
#include <list>
#include <string>
#include <vector>

namespace fusewire::files {

// One packet without its pseudo-header, as the record it would be if it were the whole message
// (record_more is kept in its flags), and where its bytes lie.
struct Part {
    Record record;
    std::uint32_t message_offset = 0; // of record.bytes in the message
    std::uint64_t position = 0;       // of the packet in the file
    std::size_t surplus = 0;          // bytes of the packet beyond the end of the message
};

class Assembler {
  public:
    // How much is kept of messages whose end has not come: the largest message that the kernel can
    // send has 65535 pages.
    static constexpr std::size_t max_unfinished = 64;
    static constexpr std::size_t max_unfinished_bytes = 320u * 1024 * 1024;

    // An unfinished message is given up after this many packets without one of its own.
    static constexpr std::uint64_t max_silence = 4096;

    // True when nothing is waiting, neither for more packets nor to be taken.
    bool idle() const { return unfinished_.empty() && ready_.empty(); }

    static bool is_whole(const Part& part) {
        return part.message_offset == 0 && (part.record.flags & record_more) == 0;
    }

    // Takes one packet. Its bytes have to stay valid until take() has nothing more to give.
    void add(const Part& part);

    // Gives out what is unfinished as incomplete: the input has ended.
    void finish();

    // The next message, oldest first: false if there is none yet. Its bytes are valid until the
    // next call.
    bool take(Part& out);

    void clear();

  private:
    struct Message {
        Part part;
        std::vector<std::byte> bytes; // used only if `owned`
        std::string comment;
        std::uint64_t reached = 0;  // offset behind the last packet
        std::uint64_t received = 0; // bytes that came in packets
        std::uint64_t last_packet = 0;
        bool owned = false;
        bool closed = false; // takes no more bytes: a hole was too large
    };

    using Messages = std::list<Message>;

    void give_out_predecessor(const Part& part);
    template <class Condition>
    Messages::iterator find_latest(Condition condition);
    Messages::iterator find_unfinished(const Part& part);
    void begin(const Part& part);
    static void append(Message& message, const Part& part);
    void give_out(Messages::iterator message, bool complete);
    void enforce_limits(const Message& current);
    void drop_silent();
    std::size_t unfinished_bytes() const;

    Messages unfinished_; // oldest first
    Messages ready_;
    Messages taken_; // keeps the bytes of the message given out last
    std::uint64_t packets_ = 0;
};

// Makes a record consistent with itself once its bytes are final: the flags of a file's packets say
// more than those of a message.
void settle(Record& record);

} // namespace fusewire::files
