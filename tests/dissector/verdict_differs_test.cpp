// What write() really returned, against what was foretold for the message.
#include "tests/dissector/judged.h"

namespace fusewire {
namespace {

using testing::reply;
using testing::request;
using testing::Wire;

constexpr std::uint32_t getattr = 3;
constexpr std::int32_t enoent = 2, efault = 14, enodev = 19, einval = 22;

class VerdictDiffers : public testing::JudgedTest {
  protected:
    void SetUp() override {
        thread = 33;
        begin();
    }
    void exchange(std::int32_t error = -enoent) {
        ask(request(getattr, 4, 1, Wire().zeros(16)));
        answer(reply(4, error));
    }
    Found differences() const {
        Found list;
        for (const std::string& one : found())
            if (one.starts_with("verdict-differs"))
                list.push_back(one);
        return list;
    }
};

TEST_F(VerdictDiffers, SaysWhichMessageAndWhatWasExpected) {
    exchange();
    write_result(-einval);
    ASSERT_EQ(differences(), Found{"verdict-differs warn"});
    const Judgement& judgement = checker.judgements().back();
    EXPECT_EQ(judgement.frame, 4u);
    EXPECT_EQ(judgement.sighting.observed, "write() fails with EINVAL");
    EXPECT_EQ(judgement.sighting.expected, "write() succeeds");
}

TEST_F(VerdictDiffers, IsSilentWhenTheKernelDidAsForetold) {
    exchange(600);
    write_result(-einval);
    EXPECT_EQ(differences(), Found());
}

TEST_F(VerdictDiffers, SeesThatARefusedMessageWasTaken) {
    exchange(600);
    write_result(0);
    EXPECT_EQ(differences(), Found{"verdict-differs warn"});
}

TEST_F(VerdictDiffers, IsANoteWhenTheConnectionMayHaveBeenAborted) {
    exchange();
    write_result(-enoent);
    EXPECT_EQ(differences(), Found{"verdict-differs note"});
}

TEST_F(VerdictDiffers, IgnoresErrorsThatSayNothingOfTheMessage) {
    exchange();
    write_result(-enodev);
    exchange();
    write_result(-efault);
    EXPECT_EQ(differences(), Found());
}

TEST_F(VerdictDiffers, TakesEachResultForOneMessage) {
    exchange(600);
    write_result(-einval);
    write_result(-enoent); // of a message that is not in the capture
    EXPECT_EQ(differences(), Found());
}

TEST_F(VerdictDiffers, KeepsThreadsApart) {
    exchange();
    thread = 34;
    write_result(-einval);
    EXPECT_EQ(differences(), Found());
}

TEST_F(VerdictDiffers, CannotTellWithoutThreads) {
    thread = 0;
    exchange();
    write_result(-einval);
    EXPECT_EQ(differences(), Found());
}

TEST_F(VerdictDiffers, TakesTheLowestResultThereIs) {
    exchange();
    write_result(INT32_MIN);
    EXPECT_EQ(differences(), Found{"verdict-differs warn"});
}

} // namespace
} // namespace fusewire
