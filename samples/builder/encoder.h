// Encoder: a message as written to its bytes, by the same opcode tables that the dissector decodes
// with. Lengths, counts, sizes and padding are filled in unless the text gives them; everything can be
// given, so that every wrong message can be written too.
#pragma once

#include "dissector/opcodes.h"

#include <optional>

#include "samples/builder/struct_value.h"

namespace fusewire::samples {

// What a reply needs to know of the request it answers.
struct Operation {
    const Opcode* opcode = nullptr;
    std::uint32_t number = 0;
    std::uint64_t asked = 0;  // value of the opcode's `asked` field
    std::uint64_t offset = 0; // of a READDIR: where its first entry's cookie counts from
    std::uint64_t unique = 0; // of a sub-request
};

struct Exchange {
    Operation outer;
    std::vector<Operation> subs;
};

// Header fields of a request that the text does not give.
struct RequestHeader {
    std::uint64_t unique = 0;
    std::uint64_t nodeid = 0;
    std::uint64_t uid = 0;
    std::uint64_t gid = 0;
    std::uint64_t pid = 0;
    std::uint64_t pending = 0;     // the request that an INTERRUPT is for
    bool counts_extensions = true; // in total_extlen
};

// struct fuse_file_handle as written.
struct HandleText {
    std::optional<std::uint64_t> size;
    std::uint64_t type = 0; // LOOKUP_HANDLE v2
    std::string bytes;
    std::string padding;
    bool none = false;
};

class Encoder {
  public:
    // `minor` and `flags` are what INIT settled; layouts depend on them.
    Encoder(const Meaning& meaning, std::uint64_t minor, std::uint64_t flags, Complaint& complaint)
        : meaning_(meaning), dialect_{.name = meaning.dialect,
                                      .init_known = true,
                                      .init_flags = flags},
          minor_(minor), flags_(flags), complaint_(complaint) {}

    struct Encoded {
        Octets bytes;
        Exchange exchange;               // of a request
        std::uint64_t unique = 0;        // as it stands in the header
        std::int64_t error = 0;          // replies
        std::optional<StructValue> head; // the body's first struct
    };
    Encoded request(const MessageText& text, const RequestHeader& header);
    // `answered` is nullptr when no request is known.
    Encoded reply(const MessageText& text, const Exchange* answered, std::uint64_t unique);
    Encoded notification(const MessageText& text);

  private:
    // One message's assignments by what they concern.
    struct Draft {
        const MessageText* text = nullptr;
        std::string what; // "LOOKUP reply", for complaints
        std::vector<const Assignment*> fields;
        std::vector<const Assignment*> header;
        std::vector<const Assignment*> extensions;
        std::vector<const Assignment*> edits; // bytes, append, cut
        std::vector<const Assignment*> pokes;
        std::vector<std::string> known; // names of the body's fields, for complaints
        bool replaced() const;
    };

    // What a body depends on beside its text.
    struct Facts {
        const RequestHeader* header = nullptr; // of a request, for its sub-requests
        const Operation* operation = nullptr;  // of a reply: what it answers
        const Exchange* answered = nullptr;    // the same with its sub-operations, if known
    };

    // An extension record as written.
    struct ExtensionText {
        StructValue head;
        StructValue groups;
        std::optional<HandleText> handle;
        Octets body;
        std::uint64_t contexts = 0;
        bool has_groups = false;
    };

    struct PartState {
        const Part* part = nullptr;
        std::optional<StructValue> fixed;
        Octets bytes;
        std::uint64_t count = 0; // bytes of data or of a name, elements of an array
        bool given = false;
        HandleText handle;
    };
    using Parts = std::vector<PartState>;

    // encoder.cpp
    Draft sort(const MessageText& text, const Opcode* opcode, std::string_view direction);
    const Opcode* opcode_of(const MessageText& text, std::uint32_t& number);
    Octets encoded_body(const Opcode* opcode, const Body* body, Draft& draft, const Facts& facts,
                        Encoded& out);
    void add_subs(Parts& parts, const Draft& draft, const Facts& facts, Encoded& out);
    std::uint64_t add_sub_request(PartState& state, const MessageText& written,
                                  const RequestHeader& outer, Encoded& out);
    void add_dependency(Octets& out, const Struct& prefix, MessageText& sub, bool finds_node);
    void add_sub_reply(PartState& state, const MessageText& sub, const Exchange* answered);
    void assign_header(StructValue& header, const Draft& draft);
    void edit(Octets& body, const Draft& draft);
    void poke(Octets& message, const Draft& draft);
    const Body* chosen_reply(const Operation& operation, const Draft& draft);
    std::uint64_t number_in(const Written& value, std::string_view what);
    std::int64_t error_in(const Draft& draft);
    bool only_header(const Draft& draft) const;
    void finish(Encoded& out, const StructValue& header, std::initializer_list<Octets> pieces,
                const Draft& draft);

    // body.cpp
    Parts parts_of(const Body& body, const Draft& draft);
    std::uint32_t effective_size(const Struct& layout, const Draft& draft);
    bool assign(Parts& parts, const Assignment& assignment, const Operation* answered);
    bool assign_variable(PartState& state, const Assignment& assignment, const Operation* answered);
    bool assign_fixed(Parts& parts, const Assignment& assignment);
    void assign_name(PartState& state, const Assignment& assignment);
    void append_integer(Octets& out, const Field& field, const Written& value);
    void assign_list(PartState& state, const Assignment& assignment);
    void add_element(PartState& state, const Assignment& assignment);
    void add_dirent(PartState& state, const Assignment& assignment, const Operation* answered);
    void assign_handle(HandleText& handle, std::span<const std::string> path, const Written& value);
    Octets bytes_of_handle(const Struct& head, const HandleText& handle);
    void fill_in_counts(Parts& parts);
    Octets bytes_of_part(const PartState& state, const Draft& draft);
    void add_names(const PartState& state, std::vector<std::string>& names) const;

    // extensions.cpp
    Octets extension(const Assignment& assignment);
    void assign_extension(ExtensionText& text, const Assignment& member);
    void security_context(Octets& body, const Assignment& assignment);

    Meaning meaning_;
    Dialect dialect_;
    std::uint64_t minor_;
    std::uint64_t flags_;
    Complaint& complaint_;
};

} // namespace fusewire::samples
