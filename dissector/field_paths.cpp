// The names that filters and `fusewire fields` know, and the structs of the tables, both gathered
// by walking the tables once.
#include "dissector/opcodes.h"
#include "dissector/opcodes/families.h"

#include <algorithm>
#include <unordered_map>

namespace fusewire {

namespace {

enum class Side : std::uint8_t { request, reply };

// Where a walk is: the name so far and the fields passed on the way.
struct Place {
    std::string prefix;
    FieldPath::Chain chain;
    const Opcode* opcode = nullptr;
    Side side = Side::request;
};

class Paths {
  public:
    std::vector<FieldPath> take() { return std::move(paths_); }

    // A field, and the members of a group below it. `layout` is the outermost struct, and `offset`
    // the field's place in it.
    void add(const Place& at, const Field& field, const Struct* layout = nullptr,
             unsigned offset = 0) {
        const Place here = below(at, field);
        enter(here, field, layout, offset);
        if (field.members == nullptr)
            return;
        for (const Field& member : field.members->fields)
            add(here, member, layout, offset + member.offset);
    }

    void add(const Place& at, const Struct& layout) {
        for (const Field& field : layout.fields)
            add(at, field, &layout, field.offset);
    }

    void add(const Place& at, const Part& part) {
        switch (part.kind) {
        case PartKind::fields:
            return add(at, *part.layout);
        case PartKind::name:
        case PartKind::data:
        case PartKind::array:
        case PartKind::strings:
            return add(at, *part.field);
        case PartKind::dirents:
            return add_records(at, field::dirent, *part.layout);
        case PartKind::direntplus:
            return add_records(at, field::direntplus, *part.layout);
        case PartKind::file_handle:
            return add_fhandle(at, *part.layout);
        case PartKind::sub_requests:
        case PartKind::sub_replies:
            return; // their fields are those of their own opcodes
        }
    }

    void add_fhandle(const Place& at, const Struct& head) {
        add(at, field::fhandle);
        const Place group = below(at, field::fhandle);
        for (const Field& field : head.fields)
            add(group, field);
        add(group, field::fhandle_bytes);
    }

  private:
    static Place below(const Place& at, const Field& field) {
        Place here = at;
        here.prefix += '.';
        here.prefix += field.name;
        here.chain.push_back(&field);
        return here;
    }

    void add_records(const Place& at, const Field& record, const Struct& head) {
        add(at, record);
        const Place group = below(at, record);
        add(group, head);
        add(group, field::dirent_name);
    }

    // A name with two meanings gives two paths; a test sees to it that no table does that.
    void enter(const Place& here, const Field& field, const Struct* layout, unsigned offset) {
        const Limit limit = limit_of(here, layout, offset);
        const auto known = by_name_.find(here.prefix);
        const bool merges =
            known != by_name_.end() && same_meaning(paths_[known->second].field().kind, field.kind);
        if (!merges) {
            by_name_.emplace(here.prefix, paths_.size());
            FieldPath& path = paths_.emplace_back();
            path.name = here.prefix;
            path.opcode = here.opcode;
            path.since = limit.since;
            path.needs = limit.needs;
        }
        FieldPath& path = merges ? paths_[known->second] : paths_.back();
        path.since = std::min(path.since, limit.since);
        path.needs &= limit.needs;
        (here.side == Side::request ? path.in_request : path.in_reply) = true;
        if (std::find(path.chains.begin(), path.chains.end(), here.chain) == path.chains.end())
            path.chains.push_back(here.chain);
    }

    static bool same_meaning(Kind a, Kind b) {
        const auto is_flags = [](Kind kind) {
            return kind == Kind::flags || kind == Kind::open_flags;
        };
        return a == b || (is_flags(a) && is_flags(b));
    }

    struct Limit {
        std::uint8_t since = 1;
        std::uint64_t needs = 0;
    };
    static Limit limit_of(const Place& here, const Struct* layout, unsigned offset) {
        Limit limit;
        if (here.opcode != nullptr)
            limit.since = here.opcode->since;
        if (layout == nullptr)
            return limit;
        for (const Cut& cut : layout->cuts)
            if (offset >= cut.size) {
                limit.since = std::max(limit.since, cut.minor);
                limit.needs |= cut.needs;
            }
        return limit;
    }

    std::vector<FieldPath> paths_;
    std::unordered_map<std::string, std::size_t> by_name_;
};

void add_headers(Paths& paths) {
    paths.add({.prefix = "fuse", .side = Side::request}, in_header);
    paths.add({.prefix = "fuse", .side = Side::reply}, out_header);
    paths.add({.prefix = "fuse", .side = Side::reply}, notify_header);
    paths.add({.prefix = std::string("fuse.") + field::dependency.name}, compound_req_in);
}

void add_extensions(Paths& paths) {
    const Place ext{.prefix = "fuse.ext"};
    paths.add(ext, ext_header);
    paths.add(ext, secctx_header);
    paths.add(ext, field::secctx_entry);
    const Place entry{.prefix = "fuse.ext.secctx", .chain = {&field::secctx_entry}};
    paths.add(entry, secctx);
    paths.add(entry, field::secctx_name);
    paths.add(entry, field::secctx_value);
    paths.add(ext, supp_groups);
    paths.add(ext, field::group_id);
    paths.add_fhandle(ext, fhandle_head);
}

void add_opcode(Paths& paths, const Opcode& row) {
    const std::string prefix = std::string("fuse.") + row.layer;
    for (const Part& part : row.request.parts)
        paths.add({.prefix = prefix, .opcode = &row, .side = Side::request}, part);
    const Place reply{.prefix = prefix, .opcode = &row, .side = Side::reply};
    for (const Part& part : row.reply.parts)
        paths.add(reply, part);
    for (const ReplyChoice& choice : row.reply_choices)
        for (const Part& part : choice.body.parts)
            paths.add(reply, part);
}

std::vector<FieldPath> gather_paths() {
    Paths paths;
    add_headers(paths);
    add_extensions(paths);
    for (const Opcode* row : all_opcodes())
        add_opcode(paths, *row);
    for (const Opcode* row : all_notifications())
        add_opcode(paths, *row);
    return paths.take();
}

class Structs {
  public:
    std::vector<const Struct*> take() { return std::move(structs_); }

    void add(const Struct* layout) {
        if (layout == nullptr ||
            std::find(structs_.begin(), structs_.end(), layout) != structs_.end())
            return;
        structs_.push_back(layout);
        for (const Field& field : layout->fields)
            add(field.members);
    }
    void add(const Body& body) {
        for (const Part& part : body.parts)
            add(part.layout);
    }

  private:
    std::vector<const Struct*> structs_;
};

std::vector<const Struct*> gather_structs() {
    Structs structs;
    for (const Struct* layout : {&in_header, &out_header, &ext_header, &secctx_header, &secctx,
                                 &supp_groups, &fhandle_head, &fhandle_head_v2})
        structs.add(layout);
    for (const auto rows : {all_opcodes(), all_notifications()})
        for (const Opcode* row : rows) {
            structs.add(row->request);
            structs.add(row->reply);
            for (const ReplyChoice& choice : row->reply_choices)
                structs.add(choice.body);
        }
    for (const Struct* layout : device_structs())
        structs.add(layout);
    return structs.take();
}

} // namespace

const std::vector<FieldPath>& all_field_paths() {
    static const std::vector<FieldPath> paths = gather_paths();
    return paths;
}

std::span<const Struct* const> all_structs() {
    static const std::vector<const Struct*> structs = gather_structs();
    return structs;
}

} // namespace fusewire
