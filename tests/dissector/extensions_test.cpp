// Extension records of the creating requests: security contexts, supplementary groups.
#include "tests/dissector/decoded_message.h"

#include <gtest/gtest.h>

using namespace fusewire;
using namespace fusewire::testing;

namespace {

constexpr std::uint32_t create = 35;

Wire create_in() {
    return Wire().u32(0100102).u32(0100644).u32(022).u32(0).name("f");
}

Wire context_of(std::string_view name, std::string_view value) {
    return Wire().u32(value.size()).u32(0).name(name).text(value).pad8();
}

Wire secctx_record(const Wire& contexts, std::uint32_t count) {
    return Wire().u32(8 + contexts.size()).u32(count).append(contexts);
}

Wire groups_record() {
    return Wire().u32(16).u32(32).u32(1).u32(1005);
}

DecodedMessage decode_create(const Wire& extensions, const Dialect& dialect = {}) {
    return {request_bytes(create, create_in().append(extensions), {}, extensions.size()),
            Direction::request,
            {.dialect = dialect}};
}

} // namespace

TEST(Extensions, SecurityContextThenGroups) {
    const Wire contexts = context_of("security.selinux", "system_u:x");
    const auto message = decode_create(secctx_record(contexts, 1).append(groups_record()));
    const std::uint32_t at = 40 + 16 + 2;
    EXPECT_EQ(message.text("create.name"), "f");
    ASSERT_EQ(message.count("ext"), 2u);
    EXPECT_EQ(message.offset("ext[0]"), at);
    EXPECT_EQ(message.value("ext[0].nr_secctx"), 1u);
    EXPECT_EQ(message.text("ext[0].secctx.name"), "security.selinux");
    EXPECT_EQ(message.text("ext[0].secctx.value"), "system_u:x");
    EXPECT_EQ(message.offset("ext[0].secctx.value"), at + 8 + 8 + 17);
    EXPECT_EQ(message.value("ext[1].type"), 32u);
    EXPECT_EQ(message.value("ext[1].nr_groups"), 1u);
    EXPECT_EQ(message.value("ext[1].groups"), 1005u);
    EXPECT_TRUE(message.clean()) << message.findings();
}

TEST(Extensions, SeveralSecurityContexts) {
    Wire contexts = context_of("security.selinux", "a:b");
    contexts.append(context_of("security.apparmor", "profile"));
    const auto message = decode_create(secctx_record(contexts, 2));
    ASSERT_EQ(message.count("ext.secctx"), 2u);
    EXPECT_EQ(message.text("ext.secctx[1].value"), "profile");
    EXPECT_TRUE(message.clean()) << message.findings();
}

TEST(Extensions, RecordWithoutContextsIsOnlyAHead) {
    const auto message = decode_create(secctx_record(Wire(), 0));
    EXPECT_EQ(message.value("ext.nr_secctx"), 0u);
    EXPECT_FALSE(message.has("ext.secctx"));
    EXPECT_TRUE(message.clean()) << message.findings();
}

TEST(Extensions, Before738NothingButTheirFormTellsOfThem) {
    const Wire contexts = context_of("security.selinux", "a:b");
    const auto message =
        decode_request(create, create_in().append(secctx_record(contexts, 1)), negotiated(36));
    EXPECT_EQ(message.text("ext.secctx.value"), "a:b");
    EXPECT_TRUE(message.clean()) << message.findings();
}

TEST(Extensions, SizesThatDoNotFitAreReported) {
    EXPECT_TRUE(decode_create(Wire().u32(7).u32(32)).reports(Rule::ext_record_size));
    EXPECT_TRUE(decode_create(Wire().u32(0xffffffff).u32(32)).reports(Rule::ext_record_size));
    EXPECT_TRUE(decode_create(Wire().u32(16).u32(32).u32(0xffffffff).u32(1))
                    .reports(Rule::ext_groups_malformed));
    const Wire endless = Wire().u32(0xffffff00).u32(0).name("security.selinux").pad8();
    EXPECT_TRUE(decode_create(secctx_record(endless, 1)).reports(Rule::ext_secctx_malformed));
    EXPECT_TRUE(decode_create(secctx_record(Wire(), 31)).reports(Rule::ext_secctx_malformed));
}

TEST(Extensions, LongerThanTheMessageIsReported) {
    const DecodedMessage message(request_bytes(create, create_in(), {}, 0x7fff8),
                                 Direction::request);
    EXPECT_TRUE(message.reports(Rule::ext_overrun));
    EXPECT_EQ(message.text("create.name"), "f");
}

TEST(Extensions, UnknownTypeIsShownAsBytes) {
    const auto message = decode_create(Wire().u32(16).u32(99).text("whatever"));
    EXPECT_EQ(message.value("ext.type"), 99u);
    EXPECT_EQ(message.text("ext.payload"), "whatever");
    EXPECT_TRUE(message.reports(Rule::ext_type_unknown));
}
