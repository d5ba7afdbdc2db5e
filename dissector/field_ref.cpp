#include "dissector/field_ref.h"

#include "dissector/errno_names.h"
#include "dissector/escape.h"
#include "dissector/letters.h"
#include "dissector/render/value.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <limits>
#include <numeric>

namespace fusewire {

namespace {

constexpr std::string_view prefix = "fuse.";
constexpr std::string_view request_prefix = "fuse.request.";

// Numbers of errno that have names, on Linux.
constexpr int last_errno = 133;

// What is asked with & and never stored.
struct Mask {
    Kind kind;
    const char* name;
    std::uint64_t value;
};
constexpr Mask masks[] = {{Kind::mode, "S_IFMT", 0170000}, {Kind::mode, "S_IRWXU", 0700},
                          {Kind::mode, "S_IRWXG", 0070},   {Kind::mode, "S_IRWXO", 0007},
                          {Kind::mode, "S_IRUSR", 0400},   {Kind::mode, "S_IWUSR", 0200},
                          {Kind::mode, "S_IXUSR", 0100},   {Kind::mode, "S_IRGRP", 0040},
                          {Kind::mode, "S_IWGRP", 0020},   {Kind::mode, "S_IXGRP", 0010},
                          {Kind::mode, "S_IROTH", 0004},   {Kind::mode, "S_IWOTH", 0002},
                          {Kind::mode, "S_IXOTH", 0001},   {Kind::open_flags, "O_ACCMODE", 3}};

// Second names of errno numbers.
struct Alias {
    std::string_view name;
    std::string_view of;
};
constexpr Alias errno_aliases[] = {
    {"EWOULDBLOCK", "EAGAIN"}, {"ENOTSUP", "EOPNOTSUPP"}, {"EDEADLOCK", "EDEADLK"}};

// 0 if there is none.
int errno_named(std::string_view name) {
    for (const Alias& alias : errno_aliases)
        if (same_letters(alias.name, name))
            name = alias.of;
    for (int number = 1; number <= last_errno; ++number)
        if (!name.empty() && same_letters(errno_name(number), name))
            return number;
    return 0;
}

template <class Row>
const Row* find_named(std::span<const Row> rows, std::string_view name) {
    const auto found = std::ranges::find_if(rows, [&](const Row& row) { return name == row.name; });
    return found == rows.end() ? nullptr : &*found;
}

ValueType type_of(const Field& field) {
    switch (field.kind) {
    case Kind::name:
    case Kind::text:
        return ValueType::text;
    case Kind::note:
        return ValueType::prose;
    case Kind::data:
        return ValueType::bytes;
    default:
        break;
    }
    const bool integer =
        field.width <= 8 && field.width != 0 && (field.width & (field.width - 1)) == 0;
    return integer ? ValueType::number : ValueType::bytes;
}

// A group with a name of its own.
bool is_structure(const Field& field) {
    return field.kind == Kind::group;
}

// The number of single-letter edits from one word to the other.
std::size_t distance(std::string_view a, std::string_view b) {
    std::vector<std::size_t> row(b.size() + 1);
    std::iota(row.begin(), row.end(), std::size_t{0});
    for (std::size_t i = 1; i <= a.size(); ++i) {
        std::size_t diagonal = row[0];
        row[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const std::size_t changed = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
            diagonal = row[j];
            row[j] = std::min({row[j] + 1, row[j - 1] + 1, changed});
        }
    }
    return row[b.size()];
}

// A few of many, as words.
std::string some_of(std::vector<std::string> names) {
    constexpr std::size_t shown = 3;
    const std::size_t others = names.size() - std::min(shown, names.size());
    names.resize(names.size() - others);
    return others == 0 ? fmt::format("{}", fmt::join(names, ", "))
                       : fmt::format("{} or {} more", fmt::join(names, ", "), others);
}

// Fields of that last name, "fuse.read.size" for "fuse.size", those of the fewest parts first.
std::string of_last_name(std::string_view name, std::span<const std::string> known) {
    const std::size_t dot = name.rfind('.');
    if (dot == name.npos || dot + 1 == name.size())
        return {};
    std::vector<std::string> alike;
    for (const std::string& some : known)
        if (some.ends_with(name.substr(dot)))
            alike.push_back(some);
    std::ranges::stable_sort(alike, {},
                             [](const std::string& some) { return std::ranges::count(some, '.'); });
    return some_of(std::move(alike));
}

// "frame.time_epoch" for "frame.time".
std::string of_same_beginning(std::string_view name, std::span<const std::string> known) {
    constexpr std::size_t least = 7; // more than "fuse." and a letter
    std::vector<std::string> alike;
    for (const std::string& some : known)
        if (name.size() >= least && some.starts_with(name))
            alike.push_back(some);
    return some_of(std::move(alike));
}

// A slip of the finger comes first, then a name that was not written to its end, then one of which
// only the end was written.
std::string meant_by(std::string_view name, std::span<const std::string> known) {
    const std::string near = nearest_name(name, known);
    if (!near.empty() && distance(name, near) == 1)
        return near;
    for (const auto alike : {of_same_beginning, of_last_name})
        if (const std::string meant = alike(name, known); !meant.empty())
            return meant;
    return near;
}

Error no_such_field(std::string_view name) {
    const std::string meant = meant_by(name, all_field_names());
    const std::string written = shortened(name);
    if (meant.empty())
        return {Errc::usage,
                fmt::format("no field is called {}; fusewire fields lists them", written)};
    return {Errc::usage, fmt::format("no field is called {}; did you mean {}?", written, meant)};
}

// The sign in front of both parts: half a second before the epoch is -0.500000000.
void append_seconds(std::string& out, Int128 time_ns) {
    constexpr std::uint64_t second = 1000000000;
    const auto magnitude = static_cast<std::uint64_t>(time_ns < 0 ? -time_ns : time_ns);
    fmt::format_to(std::back_inserter(out), "{}{}.{:09}", time_ns < 0 ? "-" : "",
                   magnitude / second, magnitude % second);
}

void append_number(std::string& out, Int128 number) {
    if (number < 0)
        fmt::format_to(std::back_inserter(out), "{}", static_cast<std::int64_t>(number));
    else
        fmt::format_to(std::back_inserter(out), "{}", static_cast<std::uint64_t>(number));
}

void append_hex_of(std::string& out, std::string_view text) {
    append_hex(out, std::as_bytes(std::span(text.data(), text.size())));
}

} // namespace

Result<FieldRef> FieldRef::find(std::string_view name) {
    if (!name.starts_with(request_prefix))
        return find_here(name);
    const std::string_view rest = name.substr(request_prefix.size());
    if (rest.starts_with("request."))
        return tl::unexpected(no_such_field(name));
    auto ref = find_here(std::string(prefix).append(rest));
    if (!ref)
        return ref;
    if (ref->whole_ != nullptr && !ref->whole_->of_message)
        return fail(Errc::usage, fmt::format("{} is not kept of the request that a reply answers; "
                                             "fuse.request_frame tells where it is",
                                             ref->name_));
    ref->name_ = name;
    ref->of_request_ = true;
    ref->needs_ |= need_body | need_survey;
    return ref;
}

Result<FieldRef> FieldRef::find_here(std::string_view name) {
    FieldRef ref;
    ref.name_ = name;
    ref.whole_ = find_named(message_fields(), name);
    if (ref.whole_ != nullptr) {
        ref.type_ = ref.whole_->type;
        ref.needs_ = ref.whole_->needs;
        ref.take_names(ref.whole_->names);
        ref.errnos_ = name.ends_with(".error");
        ref.signed_ = ref.errnos_;
        return ref;
    }
    ref.needs_ = need_body | need_survey;
    ref.kind_ = find_named(kind_fields(), name);
    if (ref.kind_ != nullptr) {
        for (const FieldPath& path : all_field_paths())
            if (path.field().kind == ref.kind_->kind)
                ref.take_kind(path.field());
        return ref;
    }
    if (!ref.find_paths() && !ref.find_layer())
        return tl::unexpected(no_such_field(name));
    return ref;
}

// A path by its whole name; else the members of a structure in every place that has it.
bool FieldRef::find_paths() {
    const auto take = [this](const FieldPath& path) {
        for (const FieldPath::Chain& chain : path.chains) {
            targets_.push_back({path.opcode, chain});
            take_kind(*chain.back());
        }
    };
    for (const FieldPath& path : all_field_paths())
        if (path.name == name_)
            take(path);
    if (!targets_.empty() || !name_.starts_with(prefix))
        return !targets_.empty();
    const std::string end = "." + name_.substr(prefix.size());
    const auto parts = static_cast<std::size_t>(std::ranges::count(end, '.'));
    for (const FieldPath& path : all_field_paths())
        if (path.name.ends_with(end) && path.chains.front().size() >= parts &&
            (parts > 1 || is_structure(path.field())))
            take(path);
    return !targets_.empty();
}

bool FieldRef::find_layer() {
    const std::string_view layer = name_.starts_with(prefix)
                                       ? std::string_view(name_).substr(prefix.size())
                                       : std::string_view();
    for (const auto rows : {all_opcodes(), all_notifications()})
        for (const Opcode* row : rows)
            if (layer == row->layer)
                layer_ = row->layer;
    type_ = ValueType::bytes;
    return !layer_.empty();
}

void FieldRef::take_kind(const Field& field) {
    type_ = type_of(field);
    field_kind_ = field.kind;
    signed_ = signed_ || fusewire::is_signed(field);
    errnos_ = errnos_ || field.kind == Kind::error;
    take_names(field.values);
}

void FieldRef::take_names(std::span<const Value> names) {
    const bool known = std::ranges::any_of(
        names_, [&](std::span<const Value> some) { return some.data() == names.data(); });
    if (!names.empty() && !known)
        names_.push_back(names);
}

void FieldRef::collect(FieldValues& values, const Decoded& decoded) const {
    if (!of_request_ || decoded.message.kind == MessageKind::request)
        return collect_here(values, decoded);
    static const Exchange nothing;
    if (const Message* request = decoded.exchange.request)
        collect_here(values, {decoded.record, *request, nothing});
}

void FieldRef::collect_here(FieldValues& values, const Decoded& decoded) const {
    if (whole_ != nullptr)
        return whole_->collect(values, decoded);
    if (!layer_.empty())
        return collect_layers(values, decoded.message);
    if (kind_ == nullptr)
        return collect_nodes(values, decoded.message);
    for (const Node& node : decoded.message.nodes)
        if (node.field->kind == kind_->kind)
            collect_node(values, decoded.message, node);
}

void FieldRef::collect_layers(FieldValues& values, const Message& message) const {
    for (const Node& node : message.nodes)
        if (node.field == &field::layer && node.opcode != nullptr && layer_ == node.opcode->layer)
            values.add_bytes(message.bytes_of(node));
}

// The nodes above the one at hand are kept by depth: looking for them backwards would take a time that
// grows with the square of a long directory.
void FieldRef::collect_nodes(FieldValues& values, const Message& message) const {
    std::array<const Node*, std::numeric_limits<std::uint8_t>::max() + 1> above;
    for (const Node& node : message.nodes) {
        above[node.depth] = &node;
        for (const Target& target : targets_)
            if (node.field == target.chain.back() && is_at(target, {above.data(), node.depth})) {
                collect_node(values, message, node);
                break;
            }
    }
}

// Whether the nodes above are those of the chain, and the layer is that of the opcode.
bool FieldRef::is_at(const Target& target, std::span<const Node* const> above) {
    const std::size_t groups = target.chain.size() - 1;
    if (above.size() < groups)
        return false;
    for (std::size_t i = 0; i < groups; ++i)
        if (above[above.size() - groups + i]->field != target.chain[i])
            return false;
    if (target.opcode == nullptr)
        return true;
    if (above.size() == groups)
        return false;
    const Node& layer = *above[above.size() - groups - 1];
    return layer.opcode != nullptr && std::string_view(layer.opcode->layer) == target.opcode->layer;
}

void FieldRef::collect_node(FieldValues& values, const Message& message, const Node& node) const {
    if (node.field->kind == Kind::name || node.field->kind == Kind::text)
        return values.add_text(message.text_of(node));
    if (node.field->kind == Kind::note) {
        std::string text;
        append_value(text, message, node);
        return values.keep_text(std::move(text));
    }
    if (!is_number(node))
        return values.add_bytes(message.bytes_of(node));
    if (node.cut)
        return; // a number that was not captured has no value
    if (fusewire::is_signed(*node.field))
        values.add_number(static_cast<std::int64_t>(node.value));
    else
        values.add_number(node.value);
}

void FieldRef::append(std::string& out, FieldValues& scratch, const Decoded& decoded) const {
    scratch.clear();
    collect(scratch, decoded);
    const char* separator = "";
    for (const FieldValue& value : scratch.all()) {
        out += separator;
        separator = ",";
        if (type_ == ValueType::ranked)
            out += names_.front()[static_cast<std::size_t>(value.number)].name;
        else
            append_value(out, value, type_);
    }
}

void append_value(std::string& out, const FieldValue& value, ValueType type) {
    switch (type) {
    case ValueType::number:
    case ValueType::ranked:
        return append_number(out, value.number);
    case ValueType::text:
        return append_escaped(out, value.text);
    case ValueType::prose:
        return append_printable(out, value.text);
    case ValueType::bytes:
        return append_hex_of(out, value.text);
    case ValueType::duration:
    case ValueType::time:
        return append_seconds(out, value.number);
    }
}

std::vector<std::string> FieldRef::texts() const {
    return whole_ != nullptr && whole_->texts != nullptr ? whole_->texts()
                                                         : std::vector<std::string>();
}

// Names are taken in any letters, and with the prefix that they have in headers: FOPEN_KEEP_CACHE.
bool FieldRef::find_value(std::string_view name, std::uint64_t& value) const {
    for (std::string_view rest = name; !rest.empty();) {
        if (find_named_value(rest, value))
            return true;
        const std::size_t end = rest.find('_');
        rest = end == rest.npos ? std::string_view() : rest.substr(end + 1);
    }
    return false;
}

bool FieldRef::find_named_value(std::string_view name, std::uint64_t& value) const {
    for (const std::span<const Value> rows : names_)
        for (const Value& row : rows)
            if (same_letters(row.name, name)) {
                value = row.value;
                return true;
            }
    for (const Mask& mask : masks)
        if (mask.kind == field_kind_ && same_letters(mask.name, name)) {
            value = mask.value;
            return true;
        }
    const int number = errnos_ ? errno_named(name) : 0;
    value = static_cast<std::uint64_t>(-static_cast<std::int64_t>(number));
    return number != 0;
}

std::vector<std::string> FieldRef::value_names() const {
    std::vector<std::string> names;
    for (const std::span<const Value> rows : names_)
        for (const Value& row : rows)
            names.emplace_back(row.name);
    for (const Mask& mask : masks)
        if (mask.kind == field_kind_)
            names.emplace_back(mask.name);
    for (int number = 1; errnos_ && number <= last_errno; ++number)
        if (!errno_name(number).empty())
            names.emplace_back(errno_name(number));
    return names;
}

std::vector<std::string> all_field_names() {
    std::vector<std::string> names;
    for (const MessageField& field : message_fields())
        names.emplace_back(field.name);
    for (const KindField& field : kind_fields())
        names.emplace_back(field.name);
    for (const FieldPath& path : all_field_paths())
        if (std::find(names.begin(), names.end(), path.name) == names.end())
            names.push_back(path.name);
    return names;
}

std::string shortened(std::string_view text) {
    constexpr std::size_t most = 64;
    return text.size() <= most ? std::string(text) : fmt::format("{}...", text.substr(0, most));
}

std::string nearest_name(std::string_view text, std::span<const std::string> known) {
    constexpr std::size_t longest_worth_comparing = 256;
    std::string best;
    std::size_t best_distance = std::max<std::size_t>(2, text.size() / 3) + 1;
    if (text.size() > longest_worth_comparing)
        return best;
    for (const std::string& name : known) {
        const std::size_t edits = distance(text, name);
        if (edits < best_distance) {
            best = name;
            best_distance = edits;
        }
    }
    return best;
}

} // namespace fusewire
