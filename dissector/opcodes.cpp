#include "dissector/opcodes.h"

#include "dissector/letters.h"
#include "dissector/opcodes/families.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <utility>

namespace fusewire {

namespace {

constexpr std::uint32_t dense_numbers = 64; // opcodes below this are found by index

using Family = std::span<const Opcode> (*)();
constexpr Family families[] = {
    lookup_opcodes,     attribute_opcodes, create_remove_opcodes, open_close_opcodes,
    read_write_opcodes, directory_opcodes, xattr_opcodes,         lock_opcodes,
    control_opcodes,    dax_opcodes,       session_opcodes,       compound_opcodes,
    fusex_opcodes,
};

bool known_anywhere(const Opcode* row) {
    return (row->dialects & in_dialect(DialectName::unknown)) != 0;
}

struct Tables {
    std::vector<const Opcode*> opcodes;
    std::vector<const Opcode*> notifications;
    std::array<std::array<const Opcode*, dense_numbers>, dialect_count> dense{};

    Tables() {
        for (const Family family : families)
            for (const Opcode& row : family())
                opcodes.push_back(&row);
        std::stable_sort(opcodes.begin(), opcodes.end(), [](const Opcode* a, const Opcode* b) {
            return std::pair(!known_anywhere(a), a->number) <
                   std::pair(!known_anywhere(b), b->number);
        });
        for (const Opcode& row : notification_rows())
            notifications.push_back(&row);
        for (const Opcode* row : opcodes)
            for (int dialect = 0; dialect < dialect_count; ++dialect)
                if (row->number < dense_numbers && (row->dialects >> dialect & 1) != 0)
                    dense[static_cast<std::size_t>(dialect)][row->number] = row;
    }
};

const Tables& tables() {
    static const Tables built;
    return built;
}

} // namespace

std::span<const Opcode* const> all_opcodes() {
    return tables().opcodes;
}

std::span<const Opcode* const> all_notifications() {
    return tables().notifications;
}

const Opcode* find_opcode(std::uint32_t number, DialectName dialect) {
    if (number < dense_numbers)
        return tables().dense[static_cast<std::size_t>(dialect)][number];
    for (const Opcode* row : tables().opcodes)
        if (row->number == number && (row->dialects & in_dialect(dialect)) != 0)
            return row;
    return nullptr;
}

const Opcode* find_notification(std::uint32_t code) {
    for (const Opcode* row : tables().notifications)
        if (row->number == code)
            return row;
    return nullptr;
}

const Opcode* find_opcode_named(std::string_view name) {
    for (const Opcode* row : tables().opcodes)
        if (same_letters(row->name, name))
            return row;
    return nullptr;
}

int fixed_size(const Body& body, DialectName dialect) {
    int size = 0;
    for (const Part& part : body.parts) {
        if ((part.dialects & in_dialect(dialect)) == 0)
            continue;
        if (part.kind != PartKind::fields)
            return -1;
        size += part.layout->size;
    }
    return size;
}

std::vector<const Opcode*> opcodes_with_reply_size(std::uint32_t payload, DialectName dialect) {
    std::vector<const Opcode*> fitting;
    for (const Opcode* row : tables().opcodes) {
        const bool fits = (row->dialects & in_dialect(dialect)) != 0 && !row->no_reply &&
                          fixed_size(row->reply, dialect) == static_cast<int>(payload);
        if (fits)
            fitting.push_back(row);
    }
    return fitting;
}

} // namespace fusewire
