#include "dissector/statistics/compounds.h"

namespace fusewire {

SubOperations* CompoundStatistics::at(const Opcode* opcode, std::uint32_t number) {
    const Key key{number, opcode};
    const auto known = operations_.find(key);
    if (known != operations_.end())
        return &known->second;
    if (operations_.size() >= kept)
        return nullptr;
    SubOperations& fresh = operations_[key];
    fresh.opcode = opcode;
    fresh.opcode_number = number;
    return &fresh;
}

void CompoundStatistics::see(const Decoded& decoded) {
    const Message& message = decoded.message;
    const bool is_request = message.kind == MessageKind::request;
    if (is_request) {
        ++requests_;
        compounds_ += message.subs.empty() ? 0 : 1;
    } else if (message.kind != MessageKind::reply) {
        return;
    } else if (!message.subs.empty()) {
        saved_ += message.subs.size() - 1;
    }
    for (const SubMessage& sub : message.subs) {
        SubOperations* operation = at(sub.opcode, sub.opcode_number);
        if (operation == nullptr)
            continue;
        ++(is_request ? operation->requests : operation->replies);
        if (!is_request && sub.error != 0)
            operation->errors.add(sub.error);
    }
}

} // namespace fusewire
