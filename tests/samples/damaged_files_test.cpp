// Sample captures cut at every length and changed in their bytes, read through open_capture().
#include "tests/capture/temp_dir.h"
#include "tests/samples/sample_files.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <set>

namespace fusewire::samples {
namespace {

constexpr std::size_t cuts_per_file = 1000;
constexpr std::size_t changes_per_file = 200;

// A file whose end and bytes change under the test's hands.
class ChangingFile {
  public:
    ChangingFile(const std::string& path, const std::string& contents) : path_(path) {
        test::write_file(path, test::bytes_of(contents));
        fd_ = ::open(path.c_str(), O_WRONLY | O_CLOEXEC);
    }
    ~ChangingFile() { ::close(fd_); }
    ChangingFile(const ChangingFile&) = delete;
    ChangingFile& operator=(const ChangingFile&) = delete;

    void cut(std::size_t size) { ASSERT_EQ(::ftruncate(fd_, static_cast<off_t>(size)), 0); }
    void put(std::size_t at, char value) {
        ASSERT_EQ(::pwrite(fd_, &value, 1, static_cast<off_t>(at)), 1);
    }
    const std::string& path() const { return path_; }

  private:
    std::string path_;
    int fd_;
};

struct ReadBack {
    std::vector<test::ByteVector> records;
    bool complained = false;
};

ReadBack read_back(const std::string& path) {
    ReadBack out;
    auto source = open_capture(path);
    if (!source) {
        out.complained = !source.error().message.empty();
        return out;
    }
    Record record;
    for (;;) {
        const auto more = (*source)->next(record);
        out.complained = out.complained || !more;
        if (!more || !*more)
            break;
        out.records.emplace_back(record.bytes.begin(), record.bytes.end());
    }
    out.complained = out.complained || !(*source)->warnings().empty();
    return out;
}

// Where the blocks of a little-endian pcapng file end.
std::set<std::size_t> block_ends(const std::string& file) {
    std::set<std::size_t> ends;
    for (std::size_t at = 0; at + 8 <= file.size();) {
        std::size_t length = 0;
        for (std::size_t i = 0; i < 4; ++i)
            length |= std::size_t{static_cast<unsigned char>(file[at + 4 + i])} << (8 * i);
        at += length;
        ends.insert(at);
    }
    return ends;
}

TEST(DamagedFiles, CutAnywhereGiveTheRecordsBeforeTheCut) {
    const test::TempDir folder;
    for (const SampleFile& sample : sample_files()) {
        const std::string contents = contents_of(sample.beside(".pcapng"));
        const std::vector<test::ByteVector> whole =
            read_back(sample.beside(".pcapng").string()).records;
        const std::set<std::size_t> ends = block_ends(contents);
        ChangingFile file(folder.path("cut.pcapng"), contents);
        const std::size_t stride = std::max<std::size_t>(1, contents.size() / cuts_per_file);
        for (std::size_t size = contents.size(); size >= stride; size -= stride) {
            file.cut(size);
            const ReadBack part = read_back(file.path());
            ASSERT_LE(part.records.size(), whole.size());
            ASSERT_TRUE(std::equal(part.records.begin(), part.records.end(), whole.begin()))
                << sample.text << " cut at " << size;
            ASSERT_TRUE(part.complained || ends.contains(size))
                << sample.text << " cut at " << size;
        }
    }
}

TEST(DamagedFiles, ChangedAnywhereAreReadOrRefused) {
    const test::TempDir folder;
    for (const SampleFile& sample : sample_files()) {
        const std::string contents = contents_of(sample.beside(".pcapng"));
        ChangingFile file(folder.path("changed.pcapng"), contents);
        const std::size_t stride = std::max<std::size_t>(1, contents.size() / changes_per_file);
        for (std::size_t at = 0; at < contents.size(); at += stride) {
            for (const char value : {'\0', '\xff', static_cast<char>(contents[at] ^ 4)}) {
                file.put(at, value);
                read_back(file.path());
            }
            file.put(at, contents[at]);
        }
        EXPECT_EQ(read_back(file.path()).records.size(), sample.sample.records.size());
    }
}

} // namespace
} // namespace fusewire::samples
