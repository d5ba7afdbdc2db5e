// What the compiler says of one uapi fuse.h: the contents of the source that uapi_members.py writes
// from the header's text, and the words it is written in. The only way the header gets into a test.
#pragma once

#include <cstddef>
#include <cstdint>
#include <type_traits>
#include <vector>

struct HeaderMember {
    const char* name;
    std::size_t offset;
    std::size_t size; // 0: a flexible array
    bool is_signed;
};
struct HeaderStruct {
    const char* name; // "fuse_uring_cmd_req.bufpool" for one without a name of its own
    std::size_t size;
    std::vector<HeaderMember> members;
};
struct HeaderConstant {
    const char* name;
    std::uint64_t value;
    const char* group; // the enum; "bit" for a macro written as 1 << n, "number" for others
};

extern const int header_minor;
extern const std::vector<HeaderStruct> header_structs;
extern const std::vector<HeaderConstant> header_constants;

// 1 << 31 is a negative int; in a flag word it is bit 31.
constexpr std::uint64_t flag_word(int value) {
    return static_cast<std::uint32_t>(value);
}
constexpr std::uint64_t flag_word(unsigned long long value) {
    return value;
}

template <class T>
constexpr bool is_signed_integer = std::is_signed_v<std::remove_cvref_t<T>>;

#define MEMBER_OF(owner, path) (static_cast<owner*>(nullptr)->path)
#define STRUCT(owner) #owner, sizeof(owner)
#define INNER(owner, group) #owner "." #group, sizeof(MEMBER_OF(owner, group))
#define MEMBER(owner, name)                                                                        \
    HeaderMember {                                                                                 \
#name, offsetof(owner, name), sizeof(MEMBER_OF(owner, name)),                              \
            is_signed_integer < decltype(MEMBER_OF(owner, name))>                                  \
    }
#define FLEXIBLE(owner, name)                                                                      \
    HeaderMember {                                                                                 \
#name, offsetof(owner, name), 0, false                                                     \
    }
#define INNER_MEMBER(owner, group, name)                                                           \
    HeaderMember {                                                                                 \
#name, offsetof(owner, group.name) - offsetof(owner, group),                               \
            sizeof(MEMBER_OF(owner, group.name)),                                                  \
            is_signed_integer < decltype(MEMBER_OF(owner, group.name))>                            \
    }
#define BIT(name)                                                                                  \
    HeaderConstant {                                                                               \
#name, flag_word(name), "bit"                                                              \
    }
#define NUMBER(name)                                                                               \
    HeaderConstant {                                                                               \
#name, static_cast < std::uint64_t>(name), "number"                                        \
    }
#define ENUMERATOR(enumeration, name)                                                              \
    HeaderConstant {                                                                               \
#name, static_cast < std::uint64_t>(name), #enumeration                                    \
    }
