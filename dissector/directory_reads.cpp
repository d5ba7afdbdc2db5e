#include "dissector/directory_reads.h"

#include "dissector/message_facts.h"

#include <algorithm>
#include <functional>

namespace fusewire {

namespace {

std::uint64_t key_of(std::uint64_t parent, std::string_view name) {
    constexpr std::uint64_t odd = 0x9e3779b97f4a7c15u;
    const std::uint64_t mixed = (parent + 1) * odd;
    return DirectoryReads::hash_of(name) ^ mixed ^ mixed >> 31;
}

std::size_t size_of(const DirectoryRead& read) {
    return read.offsets.size() + read.names.size();
}

} // namespace

bool DirectoryRead::returned_in_pass(std::uint64_t off) const {
    const auto found = offsets.find(off);
    return found != offsets.end() && found->second.pass == pass;
}

const DirectoryRead::Listed* DirectoryRead::listed_in_pass(std::uint64_t name_hash) const {
    const auto found = names.find(name_hash);
    return found == names.end() || found->second.pass != pass ? nullptr : &found->second;
}

const DirectoryRead* DirectoryReads::find(std::uint64_t nodeid, std::uint64_t fh) const {
    const auto found = reads_.find({nodeid, fh});
    return found == reads_.end() ? nullptr : &found->second;
}

const DirentFact* DirectoryReads::dirent_at(std::uint64_t parent, std::string_view name) const {
    return dirents_.size() == 0 ? nullptr : dirents_.find(key_of(parent, name));
}

void DirectoryReads::listed(const Listing& listing) {
    DirectoryRead& read = directory({listing.nodeid, listing.fh});
    if (listing.offset == 0) {
        ++read.pass;
        read.highest = 0;
        read.pass_frame = listing.request_frame;
        read.end_offset.reset();
        read.looped = false;
    }
    read.whole &= listing.whole;
    if (listing.records.empty() && listing.whole) {
        read.end_offset = listing.offset;
        read.end_frame = listing.frame;
    }
    for (const DirentRecord& record : listing.records) {
        keep(read, record);
        if (listing.stable)
            dirents_.put(key_of(listing.nodeid, record.name),
                         {record.ino, listing.frame, record.type});
    }
}

void DirectoryReads::closed(std::uint64_t nodeid, std::uint64_t fh) {
    const auto found = reads_.find({nodeid, fh});
    if (found == reads_.end())
        return;
    records_ -= size_of(found->second);
    reads_.erase(found);
}

void DirectoryReads::changed(std::uint64_t parent, std::string_view name) {
    if (dirents_.size() != 0)
        dirents_.erase(key_of(parent, name));
}

std::uint64_t DirectoryReads::hash_of(std::string_view name) {
    return std::hash<std::string_view>{}(name);
}

DirectoryRead& DirectoryReads::directory(const Key& key) {
    const auto [found, added] = reads_.try_emplace(key);
    if (!added)
        return found->second;
    found->second.serial = ++serial_;
    order_.emplace_back(key, serial_);
    if (order_.size() <= most_directories)
        return found->second;
    const auto [oldest, serial] = order_.front();
    order_.pop_front();
    const auto old = reads_.find(oldest);
    if (old != reads_.end() && old->second.serial == serial)
        closed(oldest.first, oldest.second);
    return found->second;
}

void DirectoryReads::keep(DirectoryRead& read, const DirentRecord& record) {
    read.highest = std::max(read.highest, record.off);
    if (read.offsets.size() >= DirectoryRead::most_records || records_ >= most_records) {
        read.whole = false;
        return;
    }
    const std::size_t before = size_of(read);
    const std::uint64_t name = hash_of(record.name);
    DirectoryRead::Listed& at = read.offsets[record.off];
    read.looped |= at.pass == read.pass && at.pass != 0 && at.other != name;
    at = {name, read.pass};
    read.names[name] = {record.off, read.pass};
    records_ += size_of(read) - before;
}

} // namespace fusewire
