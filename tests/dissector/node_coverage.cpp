#include "tests/dissector/node_coverage.h"

#include "dissector/opcodes.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace fusewire::testing {

namespace {

bool is_leaf(const Message& message, std::size_t index) {
    return message.end_of(index) == index + 1 && message.nodes[index].width > 0;
}

// The number of security contexts is a second reading of the extension's type.
bool is_second_reading(const Node& node) {
    return node.field == &field::nr_secctx;
}

bool is_text(const Node& node) {
    return node.field->kind == Kind::name || node.field->kind == Kind::text;
}

} // namespace

std::vector<int> shown(const Message& message, std::size_t size) {
    std::vector<int> times(size, 0);
    for (std::size_t i = 0; i < message.nodes.size(); ++i) {
        const Node& node = message.nodes[i];
        if (!is_leaf(message, i) || is_second_reading(node))
            continue;
        EXPECT_LE(node.offset + node.width, size) << node.field->name;
        for (std::size_t at = node.offset;
             at < std::min<std::size_t>(node.offset + node.width, size); ++at)
            ++times[at];
    }
    return times;
}

std::set<std::size_t> terminators(const Message& message) {
    std::set<std::size_t> places;
    for (const Node& node : message.nodes)
        if (is_text(node))
            places.insert(node.offset + node.width);
    return places;
}

void expect_each_byte_once(const Message& message, std::size_t size) {
    const std::vector<int> times = shown(message, size);
    const std::set<std::size_t> nuls = terminators(message);
    for (std::size_t at = 0; at < size; ++at) {
        EXPECT_LE(times[at], 1) << "byte " << at << " is shown twice";
        EXPECT_TRUE(times[at] == 1 || nuls.contains(at)) << "byte " << at << " is not shown";
    }
}

void expect_children_inside_parents(const Message& message) {
    for (std::size_t i = 0; i < message.nodes.size(); ++i) {
        const Node& parent = message.nodes[i];
        for (std::size_t j = i + 1; j < message.end_of(i); ++j) {
            const Node& node = message.nodes[j];
            EXPECT_GE(node.offset, parent.offset)
                << node.field->name << " in " << parent.field->name;
            EXPECT_LE(node.offset + node.width, parent.offset + parent.width)
                << node.field->name << " in " << parent.field->name;
        }
    }
}

} // namespace fusewire::testing
