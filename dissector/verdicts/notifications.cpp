// Notifications: what their write() returns (fuse_notify()).
#include "dissector/dissect.h"
#include "dissector/verdicts/row.h"

#include <optional>

namespace fusewire {

namespace {

using namespace verdict_errno;

std::uint64_t number(const NotifyEvent& event, std::string_view field) {
    return event.notification.number(field).value_or(0);
}
// The struct of a notification, and what follows it. Any size will do for those without a row.
struct NotifySize {
    NotifyCode code;
    std::uint32_t head;
    const char* count = nullptr; // field with the number of what follows
    std::uint32_t each = 1;
    std::uint32_t more = 0; // the NUL of a name
};
constexpr NotifySize sizes[] = {
    {NotifyCode::poll, 8},
    {NotifyCode::inval_inode, 24},
    {NotifyCode::inval_entry, 16, "namelen", 1, 1},
    {NotifyCode::store, 24, "size"},
    {NotifyCode::retrieve, 32},
    {NotifyCode::delete_entry, 24, "namelen", 1, 1},
    {NotifyCode::prune, 16, "count", 8},
};

const NotifySize* size_row(const NotifyEvent& event) {
    for (const NotifySize& row : sizes)
        if (row.code == event.code())
            return &row;
    return nullptr;
}
std::uint32_t payload(const NotifyEvent& event) {
    const std::uint32_t length = event.record.wire_length;
    return length > out_header_size ? length - static_cast<std::uint32_t>(out_header_size) : 0;
}

bool unknown_code(const NotifyEvent& event) {
    const Opcode* row = event.message.opcode;
    const std::uint32_t kernel = event.state.limits.kernel_minor;
    return row == nullptr || (kernel != 0 && row->since > kernel);
}
bool too_short(const NotifyEvent& event) {
    const NotifySize* row = size_row(event);
    return row != nullptr && payload(event) < row->head;
}
bool wrong_size(const NotifyEvent& event) {
    const NotifySize* row = size_row(event);
    if (row == nullptr)
        return false;
    std::uint64_t size = std::uint64_t{row->head} + row->more;
    if (row->count != nullptr) {
        const auto count = event.notification.number(row->count);
        if (!count)
            return false; // not captured
        size += *count * row->each;
    }
    return size != payload(event);
}

bool is_about_name(const NotifyEvent& event) {
    return event.code() == NotifyCode::inval_entry || event.code() == NotifyCode::delete_entry;
}
bool name_too_long(const NotifyEvent& event) {
    return is_about_name(event) && event.state.limits.known &&
           number(event, "namelen") > event.state.limits.name_max;
}
bool before_init(const NotifyEvent& event) {
    return event.state.init_seen && !event.state.limits.known;
}

// Nodes that the kernel certainly has or has not.
enum class Known : std::uint8_t { no, maybe, yes };
Known is_known(const NotifyEvent& event, std::uint64_t nodeid) {
    const NodeState* node = event.state.find(nodeid);
    if (node != nullptr)
        return node->accepted > 0 || nodeid == root_nodeid ? Known::yes : Known::maybe;
    return event.state.complete() ? Known::no : Known::maybe;
}
std::optional<std::uint64_t> node_of(const NotifyEvent& event) {
    switch (event.code()) {
    case NotifyCode::inval_inode:
        return event.notification.number("ino");
    case NotifyCode::inval_entry:
    case NotifyCode::delete_entry:
        return event.notification.number("parent");
    case NotifyCode::store:
    case NotifyCode::retrieve:
        return event.notification.number("nodeid");
    default:
        return std::nullopt;
    }
}
bool unknown_node(const NotifyEvent& event) {
    const auto nodeid = node_of(event);
    return nodeid && is_known(event, *nodeid) == Known::no;
}
bool unsure_node(const NotifyEvent& event) {
    const auto nodeid = node_of(event);
    return nodeid && is_known(event, *nodeid) == Known::maybe;
}
std::uint32_t type_of(const NotifyEvent& event, std::uint64_t nodeid) {
    const NodeState* node = event.state.find(nodeid);
    return node == nullptr ? 0 : node->type();
}
bool parent_not_directory(const NotifyEvent& event) {
    const std::uint32_t type = type_of(event, number(event, "parent"));
    return is_about_name(event) && type != 0 && type != type_directory;
}
bool not_regular(const NotifyEvent& event) {
    const bool is_data = event.code() == NotifyCode::store || event.code() == NotifyCode::retrieve;
    const std::uint32_t type = type_of(event, number(event, "nodeid"));
    return is_data && type != 0 && type != type_regular;
}
bool unknown_name(const NotifyEvent& event) {
    return is_about_name(event) &&
           event.state.at(number(event, "parent"), event.notification.text("name")) == nullptr;
}
bool other_child(const NotifyEvent& event) {
    if (event.code() != NotifyCode::delete_entry)
        return false;
    const std::uint64_t child = number(event, "child");
    const NameState* name =
        event.state.at(number(event, "parent"), event.notification.text("name"));
    return child != 0 && name != nullptr && name->nodeid != child;
}

constexpr VerdictCheck<NotifyEvent> rows[] = {
    {{.id = "notify-code-unknown",
      .outcome = Outcome::refused,
      .write_errno = einval,
      .text = "no notification has this number, or not on this kernel",
      .evidence = Evidence::live},
     unknown_code},
    {{.id = "notify-before-init",
      .outcome = Outcome::refused,
      .write_errno = VerdictRow::undefined,
      .text =
          "before INIT was answered: recent kernels refuse it with EINVAL, older ones may take it"},
     before_init},
    {{.id = "notify-too-short",
      .outcome = Outcome::refused,
      .write_errno = einval,
      .text = "shorter than the notification's struct",
      .evidence = Evidence::live},
     too_short},
    {{.id = "notify-name-too-long",
      .outcome = Outcome::refused,
      .write_errno = enametoolong,
      .text = "a namelen above the limit of names, 1024 or 4095 bytes",
      .evidence = Evidence::live},
     name_too_long},
    {{.id = "notify-size-wrong",
      .outcome = Outcome::refused,
      .write_errno = einval,
      .text = "the notification is not as long as its fields say",
      .evidence = Evidence::live},
     wrong_size},
    {{.id = "notify-node-unknown",
      .outcome = Outcome::unmatched,
      .write_errno = enoent,
      .text = "the kernel has no such node; harmless",
      .evidence = Evidence::live},
     unknown_node},
    {{.id = "notify-node-unsure",
      .outcome = Outcome::accepted,
      .write_errno = VerdictRow::undefined,
      .text = "the capture does not tell whether the kernel has the node: ENOENT if not"},
     unsure_node},
    {{.id = "notify-parent-not-directory",
      .outcome = Outcome::refused,
      .write_errno = enotdir,
      .text = "the parent is no directory",
      .evidence = Evidence::live},
     parent_not_directory},
    {{.id = "notify-not-regular",
      .outcome = Outcome::refused,
      .write_errno = einval,
      .text = "STORE and RETRIEVE are for regular files"},
     not_regular},
    {{.id = "notify-other-child",
      .outcome = Outcome::unmatched,
      .write_errno = enoent,
      .text =
          "DELETE names another node than the name leads to: the name is dropped, but not taken as "
          "deleted",
      .evidence = Evidence::live},
     other_child},
    {{.id = "notify-name-unknown",
      .outcome = Outcome::accepted,
      .write_errno = VerdictRow::undefined,
      .text = "nothing led to the name: ENOENT unless the kernel remembers that it is not there; "
              "harmless",
      .evidence = Evidence::live},
     unknown_name},
};

} // namespace

constexpr VerdictFamily verdicts::notifications{"Notifications", {}, {}, rows};

} // namespace fusewire
