// Which bytes of a message its nodes show. Each byte belongs to one leaf, except the NUL after a name,
// which belongs to none.
#pragma once

#include "dissector/message.h"

#include <cstddef>
#include <set>
#include <vector>

namespace fusewire::testing {

// How many leaves show each byte of the message.
std::vector<int> shown(const Message& message, std::size_t size);
// Where names end: their NULs.
std::set<std::size_t> terminators(const Message& message);

void expect_each_byte_once(const Message& message, std::size_t size);
void expect_children_inside_parents(const Message& message);

} // namespace fusewire::testing
