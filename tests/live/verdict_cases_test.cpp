// The table of the live verdict test covers what the rows say that it covers. Needs no kernel.
#include "tests/live/verdict_cases.h"

#include <gtest/gtest.h>

#include <set>

namespace fusewire::live_test {

namespace {

using Ids = std::set<std::string>;

Ids live_rows() {
    Ids ids;
    for (const VerdictRow* row : all_verdicts())
        if (row->evidence == Evidence::live)
            ids.insert(row->id);
    return ids;
}

TEST(VerdictCases, CoverEveryRowThatIsSaidToBeComparedWithAKernelAndNoOther) {
    Ids covered;
    for (const VerdictCase& one : verdict_cases())
        covered.insert(one.row);
    EXPECT_EQ(covered, live_rows());
}

TEST(VerdictCases, AreAtLeastForty) {
    EXPECT_GE(verdict_cases().size(), 40u);
}

} // namespace

} // namespace fusewire::live_test
