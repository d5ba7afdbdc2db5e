// FieldRef: a field by its name, "fuse.latency" or "fuse.getattr.attr.mode", ready to be looked up in
// many messages. Columns, filters and statistics all find values through it.
#pragma once

#include "dissector/message.h"
#include "dissector/message_fields.h"
#include "dissector/opcodes.h"
#include "dissector/result.h"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace fusewire {

class FieldRef {
  public:
    // By one of all_field_names(); by a structure wherever it occurs, "fuse.fhandle.size"; by the body
    // of an opcode, "fuse.getattr"; or as any of these in the request that a reply answers,
    // "fuse.request.name". Errc::usage for other names, with the nearest that is one.
    [[nodiscard]] static Result<FieldRef> find(std::string_view name);

    const std::string& name() const { return name_; }
    ValueType type() const { return type_; }
    std::uint8_t needs() const { return needs_; } // FieldNeed
    bool is_signed() const { return signed_; }

    // Adds its values in this message.
    void collect(FieldValues& values, const Decoded& decoded) const;
    // Writes them as -T fields does, comma between repeats.
    void append(std::string& out, FieldValues& scratch, const Decoded& decoded) const;

    // The value that a name stands for in this field: a flag, an errno, a file type; false if none.
    bool find_value(std::string_view name, std::uint64_t& value) const;
    // Every such name, for suggestions.
    std::vector<std::string> value_names() const;
    // All texts that it can hold; empty: any.
    std::vector<std::string> texts() const;
    // Seconds since the epoch.
    bool is_timestamp() const { return field_kind_ == Kind::timestamp; }
    // Names of errno numbers stand for negative ones.
    bool has_errnos() const { return errnos_; }
    // The field that holds the names of this one's values; nullptr: none.
    const char* by_name() const { return whole_ != nullptr ? whole_->by_name : nullptr; }

  private:
    [[nodiscard]] static Result<FieldRef> find_here(std::string_view name);

    // A field of the tables: the last of `chain`, with the others above it, in a layer of `opcode`.
    struct Target {
        const Opcode* opcode;
        FieldPath::Chain chain;
    };

    bool find_paths();
    bool find_layer();
    bool find_named_value(std::string_view name, std::uint64_t& value) const;
    static bool is_at(const Target& target, std::span<const Node* const> above);
    void collect_here(FieldValues& values, const Decoded& decoded) const;
    void collect_layers(FieldValues& values, const Message& message) const;
    void collect_nodes(FieldValues& values, const Message& message) const;
    void collect_node(FieldValues& values, const Message& message, const Node& node) const;
    void take_kind(const Field& field);
    void take_names(std::span<const Value> names);

    std::string name_;
    ValueType type_ = ValueType::number;
    std::uint8_t needs_ = 0;
    bool signed_ = false;
    const MessageField* whole_ = nullptr;
    const KindField* kind_ = nullptr;
    std::vector<Target> targets_;
    std::string_view layer_; // of opcodes whose bodies are meant; empty: another kind of field
    std::vector<std::span<const Value>> names_;
    bool of_request_ = false; // that a reply answers; a request is its own
    Kind field_kind_{};       // of the tables' field
    bool errnos_ = false;     // names of errno numbers, negative
};

// Writes a value as a column does; ranked values as numbers.
void append_value(std::string& out, const FieldValue& value, ValueType type);

// What was written, for messages: its beginning only, if it is long.
std::string shortened(std::string_view text);

// The name in `known` that is nearest to `text`, empty when none is near.
std::string nearest_name(std::string_view text, std::span<const std::string> known);

// Every name that a field has, in the order of the reference: message fields, kinds, then the tables.
std::vector<std::string> all_field_names();

} // namespace fusewire
