#include "tests/live/raw_tells.h"

#include <linux/fuse.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <iterator>
#include <span>

namespace fusewire::live_test {

namespace {

constexpr std::uint64_t nobody = 0x7fff'0000'0000; // a unique that the kernel never comes to
constexpr std::uint32_t stored_bytes = 70'001;     // whole pages and a part of one
constexpr std::uint64_t retrieve_unique = 0x5eed;
constexpr int no_notification = 99;

template <class Struct>
void append(Buffer& to, const Struct& value) {
    const auto bytes = std::as_bytes(std::span(&value, 1));
    to.insert(to.end(), bytes.begin(), bytes.end());
}

template <class Struct>
Buffer notification(int code, const Struct& value, std::span<const std::byte> data = {}) {
    Buffer body;
    append(body, value);
    body.insert(body.end(), data.begin(), data.end());
    return reply_to(0, code, std::move(body));
}

using Messages = std::vector<Buffer>;

Messages inval_inode(const RawNode& node, RawTree&) {
    fuse_notify_inval_inode_out out{};
    out.ino = node.nodeid;
    out.len = -1;
    return {notification(FUSE_NOTIFY_INVAL_INODE, out)};
}

Messages inval_entries(const RawNode& node, RawTree&) {
    Messages messages;
    for (const auto& [name, nodeid] : node.children) {
        fuse_notify_inval_entry_out out{};
        out.parent = node.nodeid;
        out.namelen = static_cast<std::uint32_t>(name.size());
        const std::string text = name + '\0';
        messages.push_back(
            notification(FUSE_NOTIFY_INVAL_ENTRY, out, std::as_bytes(std::span(text))));
    }
    return messages;
}

Messages store(const RawNode& node, RawTree& tree) {
    auto& content = tree.find(node.nodeid)->content;
    for (std::byte& byte : content)
        byte ^= std::byte{0x5a};
    fuse_notify_store_out out{};
    out.nodeid = node.nodeid;
    out.size = static_cast<std::uint32_t>(std::min<std::size_t>(content.size(), stored_bytes));
    return {notification(FUSE_NOTIFY_STORE, out, std::span(content).first(out.size))};
}

Messages retrieve(const RawNode& node, RawTree&) {
    fuse_notify_retrieve_out out{};
    out.notify_unique = retrieve_unique;
    out.nodeid = node.nodeid;
    out.size = stored_bytes;
    return {notification(FUSE_NOTIFY_RETRIEVE, out)};
}

Messages unknown_unique(const RawNode&, RawTree&) {
    return {reply_to(nobody, 0, Buffer(5000, std::byte{'u'}))};
}

Messages wrong_length(const RawNode&, RawTree&) {
    Buffer bytes = reply_to(nobody, 0, Buffer(100, std::byte{'w'}));
    bytes.pop_back();
    return {std::move(bytes)};
}

Messages wrong_error(const RawNode&, RawTree&) {
    return {reply_to(nobody, EIO, {})};
}

Messages unknown_notification(const RawNode&, RawTree&) {
    return {reply_to(0, no_notification, Buffer(24, std::byte{'n'}))};
}

struct Row {
    std::string_view name;
    Messages (*make)(const RawNode& node, RawTree& tree);
};

constexpr Row rows[] = {
    {"inval-inode", inval_inode},
    {"inval-entries", inval_entries},
    {"store", store},
    {"retrieve", retrieve},
    {"unknown-unique", unknown_unique},
    {"wrong-length", wrong_length},
    {"wrong-error", wrong_error},
    {"unknown-notification", unknown_notification},
};

} // namespace

Buffer reply_to(std::uint64_t unique, int error, Buffer body) {
    fuse_out_header header{};
    header.len = static_cast<std::uint32_t>(sizeof(header) + body.size());
    header.error = error;
    header.unique = unique;
    Buffer bytes;
    bytes.reserve(header.len);
    append(bytes, header);
    bytes.insert(bytes.end(), body.begin(), body.end());
    return bytes;
}

std::optional<Messages> told_by(std::string_view name, const RawNode& node, RawTree& tree) {
    const auto* row = std::ranges::find(rows, name, &Row::name);
    return row == std::end(rows) ? std::nullopt : std::optional(row->make(node, tree));
}

} // namespace fusewire::live_test
