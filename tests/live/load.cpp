#include "tests/live/load.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstddef>
#include <stdexcept>
#include <thread>
#include <vector>

namespace fusewire::live_test {

namespace {

void need(bool ok, const std::string& what) {
    if (!ok)
        throw std::runtime_error(what + ": errno " + std::to_string(errno));
}

void read_blocks(const std::string& path, std::size_t block) {
    const int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC);
    need(fd >= 0, "open " + path);
    std::vector<char> buffer(block);
    ssize_t got = 0;
    while ((got = read(fd, buffer.data(), buffer.size())) > 0)
        ;
    close(fd);
    need(got == 0, "read " + path);
}

void write_blocks(const std::string& path, std::size_t block, char first) {
    const int fd = open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
    need(fd >= 0, "create " + path);
    std::vector<char> buffer(block);
    for (std::size_t i = 0; i < block; i++)
        buffer[i] = static_cast<char>(static_cast<std::size_t>(first) + i * 31 + i / 4096);
    const bool ok = write(fd, buffer.data(), block) == static_cast<ssize_t>(block) &&
                    write(fd, buffer.data() + 1, 3) == 3;
    close(fd);
    need(ok, "write " + path);
}

void list(const std::string& path) {
    DIR* directory = opendir(path.c_str());
    need(directory != nullptr, "opendir " + path);
    while (readdir(directory) != nullptr)
        ;
    closedir(directory);
}

void change_names(const std::string& base) {
    need(mkdir((base + ".d").c_str(), 0755) == 0, "mkdir");
    need(symlink("a/target/with some length", (base + ".l").c_str()) == 0, "symlink");
    char target[100];
    need(readlink((base + ".l").c_str(), target, sizeof(target)) > 0, "readlink");
    need(rename((base + ".l").c_str(), (base + ".d/moved").c_str()) == 0, "rename");
    need(unlink((base + ".d/moved").c_str()) == 0, "unlink");
    need(rmdir((base + ".d").c_str()) == 0, "rmdir");
}

void use_xattrs(const std::string& path) {
    char value[300] = "value";
    need(setxattr(path.c_str(), "user.name", value, sizeof(value), 0) == 0, "setxattr");
    need(getxattr(path.c_str(), "user.name", value, sizeof(value)) == sizeof(value), "getxattr");
    need(listxattr(path.c_str(), value, sizeof(value)) > 0, "listxattr");
}

void run_round(const std::string& mount, unsigned thread, unsigned round) {
    const std::string mine = mount + "/t" + std::to_string(thread) + "." + std::to_string(round);
    const std::string file = mount + "/file" + std::to_string((thread + round) % 4);
    struct stat attributes {};
    struct statvfs space {};
    for (int i = 0; i < 20; i++)
        need(stat((mount + "/file" + std::to_string(i % 4)).c_str(), &attributes) == 0, "stat");
    need(stat((mine + ".missing").c_str(), &attributes) != 0, "stat of nothing");
    need(statvfs(mount.c_str(), &space) == 0, "statvfs");
    read_blocks(file, 4096);
    read_blocks(file, 128 << 10);
    read_blocks(file, 100'001);
    write_blocks(mine, (128 << 10) + 4096 * (round % 3), static_cast<char>(round));
    write_blocks(mine, 300'000 + 77 * thread, static_cast<char>(thread));
    use_xattrs(mine);
    need(truncate(mine.c_str(), 1000) == 0, "truncate");
    need(chmod(mine.c_str(), 0600) == 0, "chmod");
    list(mount + "/many");
    change_names(mine);
    need(unlink(mine.c_str()) == 0, "unlink");
}

} // namespace

void run_load(const std::string& mount_point, const LoadSize& size) {
    std::vector<std::jthread> threads;
    std::vector<std::string> errors(size.threads);
    for (unsigned thread = 0; thread < size.threads; thread++)
        threads.emplace_back([&, thread] {
            try {
                for (unsigned round = 0; round < size.rounds; round++)
                    run_round(mount_point, thread, round);
            } catch (const std::exception& error) {
                errors[thread] = error.what();
            }
        });
    threads.clear();
    for (const std::string& error : errors)
        if (!error.empty())
            throw std::runtime_error(error);
}

} // namespace fusewire::live_test
