// Attributes of a node by itself: fuse_do_getattr(), fuse_do_setattr(), fuse_do_statx().
#include "dissector/verdicts/row.h"

namespace fusewire {

namespace {

using namespace verdict_errno;

constexpr OpSet classic = ops(Op::getattr, Op::setattr);
constexpr OpSet extended = ops(Op::statx);
constexpr std::uint64_t mask_type = 1, mask_size = 1u << 9, mask_basic = 0x7ff;

bool has_bad_type(const AttributeFacts& facts) {
    return facts.mode && !is_file_type(static_cast<std::uint32_t>(*facts.mode));
}
bool has_bad_size(const AttributeFacts& facts) {
    return facts.size && *facts.size > most_size;
}
bool has_other_type(const Answer& answer, const AttributeFacts& facts) {
    const NodeState* node = answer.state().find(answer.asked.nodeid());
    return node != nullptr && node->type() != 0 && facts.mode &&
           (*facts.mode & type_mask) != node->type();
}

bool bad_attributes(const Answer& answer) {
    const AttributeFacts& facts = answer.attributes();
    return has_bad_type(facts) || has_bad_size(facts);
}
bool other_type(const Answer& answer) {
    return has_other_type(answer, answer.attributes());
}

bool bad_statx(const Answer& answer) {
    const AttributeFacts& facts = answer.attributes();
    const std::uint64_t mask = facts.mask.value_or(0);
    return ((mask & mask_type) != 0 && (has_bad_type(facts) || has_other_type(answer, facts))) ||
           ((mask & mask_size) != 0 && has_bad_size(facts));
}
bool partial_statx(const Answer& answer) {
    const auto mask = answer.attributes().mask;
    return mask && (*mask & mask_basic) != mask_basic;
}

constexpr VerdictCheck<Answer> rows[] = {
    {{.id = "attributes-bad",
      .outcome = Outcome::inode_bad,
      .caller_errno = eio,
      .text = "no valid file type in mode, or a size above 2^63-1: EIO, and the inode is made bad: "
              "EIO for "
              "everybody who holds it, for good",
      .evidence = Evidence::live},
     bad_attributes,
     classic,
     When::succeeded},
    {{.id = "type-changed",
      .outcome = Outcome::inode_bad,
      .caller_errno = eio,
      .text = "another file type than the inode has: EIO, and the inode is made bad: EIO for "
              "everybody who "
              "holds it, for good",
      .evidence = Evidence::live},
     other_type,
     classic,
     When::succeeded},
    {{.id = "statx-bad",
      .outcome = Outcome::inode_bad,
      .caller_errno = eio,
      .text = "TYPE is in the mask with an invalid or another type, or SIZE with a size above "
              "2^63-1: EIO, and "
              "the inode is made bad",
      .evidence = Evidence::live},
     bad_statx,
     extended,
     When::succeeded},
    {{.id = "statx-partial",
      .outcome = Outcome::fields_ignored,
      .text = "a basic field is missing in the mask: this caller gets the values, the kernel's own "
              "copy of the "
              "attributes stays as it was",
      .evidence = Evidence::live},
     partial_statx,
     extended,
     When::succeeded},
};

} // namespace

constexpr VerdictFamily verdicts::attributes{"Attributes", rows};

} // namespace fusewire
