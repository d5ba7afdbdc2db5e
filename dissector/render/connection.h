// A connection, and what its capture could not see, in words.
#pragma once

#include "dissector/record.h"

#include <span>
#include <string>

namespace fusewire {

// "connection 53: /mnt/x (fuse.bindfs), source /srv, server bindfs 4242, protocol 7.38, kernel
// 6.12.95, tier tp, cannot see FORGET, notifications", as far as it is known.
std::string describe(const Connection& connection);

// "tier tp cannot see FORGET, notifications", one clause a tier; empty if nothing is known to be
// missing.
std::string blind_spots(std::span<const Connection> connections);

} // namespace fusewire
