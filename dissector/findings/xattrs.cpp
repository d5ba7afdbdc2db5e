// Extended attributes.
#include "dissector/findings/families.h"

#include <fmt/format.h>

namespace fusewire {

namespace {

constexpr std::uint32_t out_header = 16, size_answer = 8, largest_xattr = 65536;
constexpr OpSet reads = ops(Op::getxattr, Op::listxattr);

std::uint64_t asked_size(const Operation& request) {
    return request.number("size").value_or(0);
}

// Bytes behind the name of a SETXATTR; nullopt when the name is not whole.
std::optional<std::uint32_t> value_bytes(const Operation& request) {
    const Node* name = request.find("name");
    if (name == nullptr || !request.number("flags"))
        return std::nullopt;
    const std::uint32_t begin = name->offset + name->width + 1;
    const std::uint32_t end = request.offset() + request.length();
    return begin > end ? std::nullopt : std::optional(end - begin);
}

constexpr Check<AskEvent> ask_rows[] = {
    {{.id = "setxattr-len",
      .area = Area::xattrs,
      .severity = Severity::error,
      .text = "size of a SETXATTR is not the number of bytes that the value has",
      .consequence = "a server that trusts size reads past the end of the message, or stores less",
      .advice = "",
      .doc =
          "The struct before the name has 16 bytes once SETXATTR_EXT was accepted, 8 otherwise."},
     [](const AskEvent& event, Report& report) {
         const auto bytes = value_bytes(event.operation);
         const Node* size = event.operation.find("size");
         if (!bytes || size == nullptr || size->value == *bytes || !event.has_true_length())
             return;
         report({.offset = size->offset,
                 .sub = event.operation.sub(),
                 .nodeid = event.operation.nodeid(),
                 .observed = fmt::format("size {}", size->value),
                 .expected = fmt::format("the {} bytes that follow the name", *bytes)});
     },
     ops(Op::setxattr)},
};

// What is wrong with the length of a reply, before it is decoded any further.
void look_at_length(const ExchangeEvent& event, Report& report, bool probe) {
    const Message& reply = event.message;
    const auto asked = Operation(event.request).number("size");
    const std::uint64_t size = asked.value_or(0);
    const bool certain = asked && reply.length >= out_header && event.has_true_length();
    if (reply.error != 0 || !certain || (size == 0) != probe)
        return;
    const std::uint32_t payload = reply.length - out_header;
    if (probe ? payload == size_answer : payload <= size)
        return;
    report({.offset = out_header,
            .nodeid = event.request.nodeid,
            .observed = fmt::format("{} bytes", payload),
            .expected = probe ? fmt::format("{}, the size alone", size_answer)
                              : fmt::format("at most {}", size)});
}

constexpr Check<ExchangeEvent> exchange_rows[] = {
    {{.id = "xattr-size-zero-reply",
      .area = Area::xattrs,
      .severity = Severity::error,
      .text = "question for a size is answered with something else",
      .consequence = "write() fails with EINVAL and the caller gets EIO",
      .advice = "answer size 0 with fuse_getxattr_out: the length of the value, no value"},
     [](const ExchangeEvent& event, Report& report) { look_at_length(event, report, true); },
     reads},
    {{.id = "xattr-too-long",
      .area = Area::xattrs,
      .severity = Severity::error,
      .text = "extended attribute is longer than was asked for",
      .consequence = "write() fails with EINVAL and the caller gets EIO",
      .advice = "answer ERANGE when the value does not fit into size"},
     [](const ExchangeEvent& event, Report& report) { look_at_length(event, report, false); },
     reads},
};

// The length of a value differs from what the server said before.
void look_at_told_size(const ReplyEvent& event, Report& report) {
    const std::uint64_t nodeid = event.request.nodeid();
    if (event.reply.error() != 0 || asked_size(event.request) == 0)
        return;
    const XattrSize* told =
        event.state.xattr_sizes.find(xattr_key(nodeid, event.request.text("name")));
    const std::uint32_t length = event.reply.body_length();
    if (told == nullptr || told->size == length)
        return;
    const NodeState* node = event.state.find(nodeid);
    const bool changed =
        node == nullptr || node->modified_frame >= told->frame ||
        (node->attributes_op == Op::setattr && node->attributes_frame >= told->frame);
    if (changed)
        return;
    report({.offset = event.reply.offset() + out_header,
            .sub = event.reply.sub(),
            .nodeid = nodeid,
            .observed = fmt::format("{} bytes", length),
            .expected = fmt::format("{} as answered to frame {}", told->size, told->frame),
            .related = {told->frame}});
}

void look_at_list(const ReplyEvent& event, Report& report) {
    if (event.reply.error() != 0 || asked_size(event.request) == 0)
        return;
    const std::uint32_t begin = event.reply.offset() + out_header;
    const std::uint32_t length = event.reply.body_length();
    const Node all{.field = nullptr, .value = 0, .offset = begin, .width = length};
    const std::string_view list = event.message.text_of(all);
    if (list.empty() || list.size() < length)
        return;
    Sighting sighting{.offset = begin, .sub = event.reply.sub(), .nodeid = event.request.nodeid()};
    const std::string_view two_nuls("\0\0", 2);
    const std::size_t empty = list.front() == '\0' ? 0 : list.find(two_nuls);
    if (empty != std::string_view::npos) {
        sighting.offset += static_cast<std::uint32_t>(empty);
        sighting.observed = fmt::format("empty name after {} of {} bytes", empty, length);
        return report(std::move(sighting));
    }
    if (list.back() == '\0')
        return;
    sighting.offset += length - 1;
    sighting.observed = "last name without a NUL";
    report(std::move(sighting));
}

constexpr Check<ReplyEvent> reply_rows[] = {
    {{.id = "listxattr-format",
      .area = Area::xattrs,
      .severity = Severity::error,
      .text = "list of extended attributes is malformed",
      .consequence = "the caller gets EIO",
      .advice = "end each name with one NUL, the last one too"},
     look_at_list,
     ops(Op::listxattr)},
    {{.id = "xattr-size-limit",
      .area = Area::xattrs,
      .severity = Severity::note,
      .text = "extended attribute is larger than the kernel takes",
      .consequence = "the kernel tells callers 65536 instead",
      .advice = "keep values and lists within 65536 bytes"},
     [](const ReplyEvent& event, Report& report) {
         const Node* size = event.reply.find("size");
         if (event.reply.error() != 0 || asked_size(event.request) != 0 || size == nullptr ||
             size->value <= largest_xattr)
             return;
         report({.offset = size->offset,
                 .sub = event.reply.sub(),
                 .nodeid = event.request.nodeid(),
                 .observed = fmt::format("{} bytes", size->value),
                 .expected = fmt::format("at most {}", largest_xattr)});
     },
     reads},
    {{.id = "xattr-size-inconsistent",
      .area = Area::xattrs,
      .severity = Severity::note,
      .text = "extended attribute has another length than the server said",
      .consequence = "a caller that allocated by the first answer gets ERANGE or reads too much",
      .advice = "answer size 0 with the length that the value has",
      .doc = "Silent when the node was changed in between. Others may have changed it too.",
      .history = History::unbroken},
     look_at_told_size,
     reads},
};

constexpr Suppression suppressed[] = {
    {"setxattr-len", "body-short"},
    {"setxattr-len", "body-long"},
    {"xattr-size-zero-reply", "reply-size-wrong"},
    {"xattr-too-long", "reply-size-over"},
    {"xattr-too-long", "xattr-size-inconsistent"},
    {"listxattr-format", "name-empty"},
    {"listxattr-format", "name-no-nul"},
};

} // namespace

constexpr Family xattrs_family{ask_rows, exchange_rows, reply_rows, suppressed};

} // namespace fusewire
