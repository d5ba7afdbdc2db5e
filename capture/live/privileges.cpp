#include "capture/live/privileges.h"

#include <fmt/format.h>
#include <grp.h>
#include <linux/capability.h>
#include <pwd.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <cstdlib>
#include <cstring>

namespace fusewire {

namespace {

std::optional<uid_t> parse_id(std::string_view text) {
    uid_t id = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), id);
    // -1 means "leave it" to the system calls.
    if (error != std::errc{} || end != text.data() + text.size() || id == static_cast<uid_t>(-1))
        return std::nullopt;
    return id;
}

std::vector<gid_t> groups_of(const char* name, gid_t gid) {
    std::vector<gid_t> groups(64);
    int count = static_cast<int>(groups.size());
    while (getgrouplist(name, gid, groups.data(), &count) < 0)
        groups.resize(static_cast<std::size_t>(count));
    groups.resize(static_cast<std::size_t>(count));
    return groups;
}

Identity from_passwd(const passwd& entry) {
    Identity identity{.uid = entry.pw_uid, .gid = entry.pw_gid};
    identity.name = entry.pw_name;
    identity.home = entry.pw_dir;
    identity.groups = groups_of(entry.pw_name, entry.pw_gid);
    identity.changes = true;
    return identity;
}

// A user that the database need not know.
Identity from_ids(uid_t uid, gid_t gid) {
    Identity identity{.uid = uid, .gid = gid, .groups = {gid}};
    identity.changes = true;
    if (const passwd* entry = getpwuid(uid)) {
        identity = from_passwd(*entry);
        identity.gid = gid;
        identity.groups = groups_of(identity.name.c_str(), gid);
    }
    return identity;
}

Result<Identity> from_user(const std::string& user) {
    const passwd* entry = getpwnam(user.c_str());
    if (const auto id = parse_id(user); entry == nullptr && id)
        entry = getpwuid(*id);
    if (entry == nullptr)
        return fail(Errc::usage, fmt::format("no user \"{}\" on this machine", user));
    return from_passwd(*entry);
}

tl::unexpected<Error> no_number(const char* name, const std::string& value) {
    return fail(Errc::usage, fmt::format("{} is \"{}\", which is no user number; name a user with "
                                         "--user",
                                         name, value));
}

Result<Identity> from_sudo(const std::string& uid_text,
                           const std::optional<std::string>& gid_text) {
    const auto uid = parse_id(uid_text);
    if (!uid)
        return no_number("SUDO_UID", uid_text);
    const auto gid = parse_id(gid_text.value_or(""));
    if (!gid)
        return no_number("SUDO_GID", gid_text.value_or(""));
    return *uid == 0 ? Identity{} : from_ids(*uid, *gid);
}

Result<Identity> from_pkexec(const std::string& uid_text) {
    const auto uid = parse_id(uid_text);
    if (!uid)
        return no_number("PKEXEC_UID", uid_text);
    const passwd* entry = getpwuid(*uid);
    if (entry == nullptr)
        return fail(Errc::usage, fmt::format("PKEXEC_UID {} is not in the user database", *uid));
    return *uid == 0 ? Identity{} : from_passwd(*entry);
}

// Capabilities 0-63 come in two words.
using CapabilityWords = std::array<__user_cap_data_struct, 2>;

int get_capabilities(CapabilityWords& words) {
    __user_cap_header_struct header{.version = _LINUX_CAPABILITY_VERSION_3, .pid = 0};
    return static_cast<int>(syscall(SYS_capget, &header, words.data()));
}

int clear_capabilities() {
    __user_cap_header_struct header{.version = _LINUX_CAPABILITY_VERSION_3, .pid = 0};
    const CapabilityWords none{};
    return static_cast<int>(syscall(SYS_capset, &header, none.data()));
}

// Needs CAP_SETPCAP; without it no_new_privs still keeps the bounding set from mattering.
void clear_bounding_set() {
    for (unsigned long capability = 0; prctl(PR_CAPBSET_READ, capability, 0, 0, 0) >= 0;
         capability++)
        prctl(PR_CAPBSET_DROP, capability, 0, 0, 0);
}

bool holds_capabilities() {
    CapabilityWords words{};
    if (get_capabilities(words) != 0)
        return true;
    for (const auto& word : words)
        if ((word.effective | word.permitted | word.inheritable) != 0)
            return true;
    return false;
}

bool could_return(const Identity& identity) {
    return identity.changes && (setresuid(0, 0, 0) == 0 || setresgid(0, 0, 0) == 0);
}

tl::unexpected<Error> not_dropped(std::string_view what) {
    return fail(Errc::refused,
                fmt::format("privileges could not be dropped: {}; not capturing", what), errno);
}

} // namespace

std::optional<std::string> process_environment(const char* name) {
    const char* value = std::getenv(name);
    return value == nullptr ? std::nullopt : std::optional<std::string>(value);
}

Result<Identity> invoking_identity(std::string_view user, uid_t effective_uid,
                                   const Environment& environment) {
    if (effective_uid != 0 && !user.empty())
        return fail(Errc::usage, "only root can become another user; leave out --user");
    if (effective_uid != 0)
        return Identity{};
    if (!user.empty())
        return from_user(std::string(user));
    if (const auto uid = environment("SUDO_UID"))
        return from_sudo(*uid, environment("SUDO_GID"));
    if (const auto uid = environment("PKEXEC_UID"))
        return from_pkexec(*uid);
    return Identity{};
}

int become(const Identity& identity) noexcept {
    if (!identity.changes)
        return 0;
    if (setgroups(identity.groups.size(), identity.groups.data()) != 0 ||
        setresgid(identity.gid, identity.gid, identity.gid) != 0 ||
        setresuid(identity.uid, identity.uid, identity.uid) != 0)
        return errno;
    return 0;
}

Result<void> drop_privileges(const Identity& identity) {
    clear_bounding_set();
    if (const int error = become(identity); error != 0) {
        errno = error;
        return not_dropped(fmt::format(
            "cannot become user {}, which needs CAP_SETUID and CAP_SETGID", identity.uid));
    }
    prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
    if (clear_capabilities() != 0)
        return not_dropped("capset failed");
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
        return not_dropped("no_new_privs failed");
    if (holds_capabilities())
        return not_dropped("capabilities remain");
    if (identity.uid != 0 && could_return(identity))
        return not_dropped("root could be regained");
    return {};
}

} // namespace fusewire
