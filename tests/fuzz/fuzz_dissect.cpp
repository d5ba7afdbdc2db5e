// Fuzzes dissect() and the views: the input chooses a dialect that the bytes cannot contradict.
//
//   byte 0  dialect, modulo their number
//   byte 1  bit 0: the connection is big-endian; bit 1: INIT was seen
//   byte 2  minor
//   byte 3  which 8 of the 64 INIT flags byte 4 holds
//   byte 4  INIT flags
//   then messages, see message_input.h
#include "dissector/dissect.h"
#include "tests/fuzz/check_message.h"
#include "tests/fuzz/message_input.h"

#include <map>
#include <vector>

namespace fusewire::fuzz {
namespace {

constexpr std::size_t max_requests = 256;

Dialect take_dialect(Input& input) {
    Dialect dialect;
    dialect.name = static_cast<DialectName>(input.number(1) % dialect_count);
    const std::uint64_t bits = input.number(1);
    dialect.order = (bits & 1) != 0 ? ByteOrder::big : ByteOrder::little;
    dialect.init_known = (bits & 2) != 0;
    dialect.minor = static_cast<std::uint32_t>(input.number(1));
    const std::uint64_t place = input.number(1) % 8;
    dialect.init_flags = input.number(1) << (8 * place);
    return dialect;
}

// A request as it stays known until it is answered, with the bytes that it refers to.
struct Asked {
    Message message;
    std::vector<std::byte> bytes;
};

void keep(std::map<std::uint64_t, Asked>& requests, const Message& message) {
    Asked& asked = requests[message.unique];
    asked.bytes.assign(message.bytes.begin(), message.bytes.end());
    asked.message = message;
    asked.message.bytes = asked.bytes;
}

void decode(const Record& record, const Context& context, Message& message) {
    dissect(record, context, message);
    check_message(record, message);
    render({record, message, Exchange{}});
}

} // namespace
} // namespace fusewire::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace fusewire;
    fuzz::Input input(data, size);
    Context context{.dialect = fuzz::take_dialect(input), .request = nullptr};
    fuzz::MessageInput messages(input);
    std::map<std::uint64_t, fuzz::Asked> requests;
    Record record;
    Message message;
    while (messages.next(record)) {
        context.request = nullptr;
        fuzz::decode(record, context, message);
        if (message.kind == MessageKind::request && requests.size() < fuzz::max_requests)
            fuzz::keep(requests, message);
        const auto request = requests.find(message.unique);
        if (message.kind == MessageKind::reply && request != requests.end()) {
            context.request = &request->second.message;
            fuzz::decode(record, context, message);
        }
    }
    return 0;
}
