// StructValue: the bytes of one struct of the opcode tables while its fields are being filled in.
#pragma once

#include <set>
#include <span>

#include "samples/builder/octets.h"
#include "samples/builder/values.h"

namespace fusewire::samples {

// A field found in a struct, maybe below groups.
struct FieldPlace {
    const Field* field = nullptr;
    std::uint32_t offset = 0;       // from the start of the outermost struct
    const Struct* parent = nullptr; // the struct that has the field …
    std::uint32_t base = 0;         // … and where that begins
};

// Fields that `path` names when its first part is `depth` groups down.
std::vector<FieldPlace> find_fields(const Struct& layout, std::span<const std::string> path,
                                    int depth);
inline constexpr int max_group_depth = 4;

// Every field's name, with those of the groups above it.
void add_names(const Struct& layout, std::vector<std::string>& names);

class StructValue {
  public:
    // All zero; `size` is less than that of the layout for older minors.
    StructValue(const Struct& layout, std::uint32_t size, const Meaning& meaning,
                Complaint& complaint)
        : layout_(&layout), bytes_(size), meaning_(meaning), complaint_(&complaint) {}

    const Struct& layout() const { return *layout_; }
    const Octets& bytes() const { return bytes_; }

    void assign(const FieldPlace& at, const Assignment& assignment);
    // Among the shallowest fields that match; false when there is none.
    bool assign(std::span<const std::string> path, const Assignment& assignment);

    // The value of an integer field by its path; 0 when this layout has none.
    std::uint64_t value(std::initializer_list<std::string> path) const;
    std::uint64_t value_at(std::uint32_t offset, std::uint32_t width) const;
    // Sets a field that the text did not; no effect when the layout lacks it.
    void fill_in(std::initializer_list<std::string> path, std::uint64_t value);
    void fill_in_at(std::uint32_t offset, std::uint32_t width, std::uint64_t value);

  private:
    bool holds(const FieldPlace& at, const Place& place);
    void store(const FieldPlace& at, std::uint64_t value);
    void assign_group(const FieldPlace& at, const Assignment& assignment);
    void assign_fraction(const FieldPlace& at, std::uint64_t seconds, std::uint64_t nanoseconds,
                         const Place& place);
    void assign_bytes(const FieldPlace& at, const Written& value);

    const Struct* layout_;
    Octets bytes_;
    std::set<std::uint32_t> given_; // offsets
    Meaning meaning_;
    Complaint* complaint_;
};

} // namespace fusewire::samples
