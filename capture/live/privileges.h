// Giving up root once the probe is loaded. Decoding and writing happen as the user who called us;
// plain root without sudo stays uid 0, so that it can write where it is used to, but keeps no
// capability.
#pragma once

#include "dissector/result.h"

#include <sys/types.h>

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace fusewire {

// Whom to become. Groups are resolved beforehand, since a forked child must not call into NSS.
struct Identity {
    uid_t uid = 0;
    gid_t gid = 0;
    std::vector<gid_t> groups;
    std::string name; // empty: not in the user database
    std::string home;
    bool changes = false; // false: stay who we are
};

// Looks up an environment variable; nullopt if it is not set.
using Environment = std::function<std::optional<std::string>(const char*)>;
std::optional<std::string> process_environment(const char* name);

// The user named by `user` (--user: a name or a number) if it is not empty, else whoever called
// sudo (SUDO_UID, SUDO_GID) or pkexec (PKEXEC_UID), else nobody new. Only root may name a user.
// Errc::usage for an unknown user or a variable that is no number.
[[nodiscard]] Result<Identity> invoking_identity(std::string_view user, uid_t effective_uid,
                                                 const Environment& environment);

// Becomes `identity` for good, all three user and group ids; keeps root's capabilities only if it
// stays root. Calls only what a forked child may call. Returns 0 or an errno.
int become(const Identity& identity) noexcept;

// become(), and drops every capability from all sets, forbids new privileges (no_new_privs), and
// checks that none of it can be undone.
[[nodiscard]] Result<void> drop_privileges(const Identity& identity);

} // namespace fusewire
