// What `fusewire read` says of every sample, as it stands beside it: NAME.expected.txt (one line a message,
// then the whole trees) and NAME.expected.json. FUSEWIRE_UPDATE_GOLDEN=1 accepts a change.
#include "tests/capture/temp_dir.h"
#include "tests/samples/sample_files.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace fusewire::samples {
namespace {

std::string read_with(std::string_view options, const std::filesystem::path& capture) {
    const test::Outcome outcome = test::run(
        fmt::format("cd '{}' && '{}' read {} {} 2>/dev/null", capture.parent_path().string(),
                    FUSEWIRE_PROGRAM, options, capture.filename().string()));
    EXPECT_EQ(outcome.status, 0) << capture << " " << options << "\n" << outcome.output;
    return outcome.output;
}

TEST(Golden, TextOfEverySampleIsAsExpected) {
    for (const SampleFile& file : sample_files()) {
        const std::filesystem::path capture = file.beside(".pcapng");
        expect_golden(file.beside(".expected.txt"),
                      read_with("", capture) + "\n" + read_with("-V", capture));
    }
}

TEST(Golden, JsonOfEverySampleIsAsExpected) {
    for (const SampleFile& file : sample_files())
        expect_golden(file.beside(".expected.json"), read_with("-T json", file.beside(".pcapng")));
}

// The raw records of the worked example, through import, give what its capture gives.
TEST(Golden, ImportedRawRecordsReadLikeTheCapture) {
    const test::TempDir folder;
    const std::string imported = folder.path("imported.pcapng");
    const std::filesystem::path raw = samples_folder() / "lookup-handle-worked.raw";
    const test::Outcome outcome = test::run(fmt::format("'{}' import --from raw '{}' -w '{}'",
                                                        FUSEWIRE_PROGRAM, raw.string(), imported));
    ASSERT_EQ(outcome.status, 0) << outcome.output;
    const std::string fields = "-T fields -e fuse.opcode_name -e fuse.unique "
                               "-e fuse.ext.fhandle.handle -e fuse.lookup_handle.fhandle.handle";
    const std::string direct = read_with(fields, samples_folder() / "lookup-handle-worked.pcapng");
    EXPECT_EQ(read_with(fields, imported), direct);
    EXPECT_NE(direct.find("112233445566778899aabbcc"), std::string::npos) << direct;
}

TEST(Golden, DifferencesAreShownByLine) {
    const test::TempDir folder;
    const std::string path = folder.path("golden.txt");
    test::write_file(path, test::bytes_of("one\ntwo\nthree\n"));
    EXPECT_EQ(difference_from(path, "one\ntwo\nthree\n"), "");
    EXPECT_EQ(difference_from(path, "one\n2\nthree\nfour\n"),
              "line 2\n  - two\n  + 2\nline 4\n  + four\n");
}

} // namespace
} // namespace fusewire::samples
