// Symbolic links in a path that may lead to a FUSE mount, whose server must not be asked.
#include "capture/live/mounts.h"

#include <fmt/format.h>
#include <limits.h>
#include <unistd.h>

#include <algorithm>

namespace fusewire {

namespace {

constexpr int max_links = 40; // as the kernel

// The path that is being made real, one part at a time.
class Walk {
  public:
    Walk(const std::vector<Mount>& mounts, const ReadLink& link) : mounts_(mounts), link_(link) {}

    void take(std::string_view path) {
        if (path.starts_with('/'))
            done_.clear();
        // The parts are kept last first, since links put theirs before the rest.
        std::vector<std::string> parts;
        while (!path.empty()) {
            const std::size_t end = std::min(path.find('/'), path.size());
            parts.emplace_back(path.substr(0, end));
            path.remove_prefix(std::min(end + 1, path.size()));
        }
        rest_.insert(rest_.end(), parts.rbegin(), parts.rend());
    }

    // False once there is nothing left.
    bool step() {
        if (rest_.empty())
            return false;
        const std::string part = std::move(rest_.back());
        rest_.pop_back();
        if (part == "..")
            done_.resize(done_.empty() ? 0 : done_.rfind('/'));
        else if (!part.empty() && part != ".")
            enter(part);
        return true;
    }

    bool circles() const { return links_ > max_links; }
    std::string path() const { return done_.empty() ? "/" : done_; }

  private:
    void enter(const std::string& part) {
        const std::string path = done_ + "/" + part;
        const Mount* mount = mount_of(path, mounts_);
        const bool may_ask = mount == nullptr || !mount->is_fuse();
        const auto target = may_ask ? link_(path) : std::nullopt;
        if (!target) {
            done_ = path;
            return;
        }
        ++links_;
        take(*target);
    }

    const std::vector<Mount>& mounts_;
    const ReadLink& link_;
    std::string done_;              // without a slash at its end
    std::vector<std::string> rest_; // parts to come, the next one last
    int links_ = 0;
};

} // namespace

std::optional<std::string> read_link(const std::string& path) {
    char target[PATH_MAX];
    const ssize_t length = readlink(path.c_str(), target, sizeof(target));
    if (length < 0)
        return std::nullopt;
    return std::string(target, static_cast<std::size_t>(length));
}

Result<std::string> real_path(std::string_view path, std::string_view working_directory,
                              const std::vector<Mount>& mounts, const ReadLink& link) {
    Walk walk(mounts, link);
    walk.take(path);
    if (!path.starts_with('/'))
        walk.take(working_directory);
    while (walk.step())
        if (walk.circles())
            return fail(Errc::usage, fmt::format("{}: too many symbolic links", path));
    return walk.path();
}

} // namespace fusewire
