#include "capture/live/servers.h"
#include "tests/live/fake_root.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace fusewire::live_test {

namespace {

constexpr const char* old_kernel = "6.12.95-amd64\n";
constexpr const char* new_kernel = "6.18.15-amd64\n";
constexpr const char* our_namespace = "mnt:[4026531841]";

// /proc of a machine with a few processes.
class FakeProc {
  public:
    explicit FakeProc(const char* release) {
        root_.add("/proc/sys/kernel/osrelease", release);
        root_.link("/proc/self/ns/mnt", our_namespace);
    }

    void process(unsigned pid, std::string_view name, const char* mount_namespace = our_namespace) {
        root_.add(fmt::format("/proc/{}/comm", pid), fmt::format("{}\n", name));
        root_.link(fmt::format("/proc/{}/fd/0", pid), "/dev/null");
        root_.link(fmt::format("/proc/{}/ns/mnt", pid), mount_namespace);
    }

    void descriptor(unsigned pid, unsigned number, std::string_view target, std::string_view info) {
        root_.link(fmt::format("/proc/{}/fd/{}", pid, number), target);
        root_.add(fmt::format("/proc/{}/fdinfo/{}", pid, number), info);
    }

    // A process whose descriptors are nobody's business.
    void closed_process(unsigned pid) { root_.add(fmt::format("/proc/{}/comm", pid), "secret\n"); }

    Machine machine() const { return root_.machine(); }

  private:
    FakeRoot root_;
};

std::string fdinfo_of(unsigned conn) {
    return fmt::format("pos:\t0\nflags:\t0100002\nmnt_id:\t24\nino:\t90\nfuse_connection:\t{}\n",
                       conn);
}

constexpr const char* plain_fdinfo = "pos:\t0\nflags:\t0100002\nmnt_id:\t24\nino:\t90\n";

std::vector<Connection> connections(std::initializer_list<unsigned> numbers) {
    std::vector<Connection> made;
    for (const unsigned number : numbers)
        made.push_back({.conn = ConnId{number}, .fs_type = "fuse.bindfs"});
    return made;
}

std::string text_of(const Servers& servers) {
    std::string text;
    for (const auto& [conn, processes] : servers)
        for (const ServerProcess& process : processes)
            text += fmt::format("{}={}/{} ", static_cast<std::uint32_t>(conn), process.pid,
                                process.name);
    return text;
}

TEST(Servers, FdinfoNamesTheConnectionOfEachDescriptor) {
    FakeProc proc(new_kernel);
    proc.process(100, "bindfs");
    proc.descriptor(100, 4, "/dev/fuse", fdinfo_of(39));
    proc.process(200, "sshfs");
    proc.descriptor(200, 3, "/dev/fuse", fdinfo_of(41));
    proc.descriptor(200, 9, "/dev/fuse", fdinfo_of(40));
    EXPECT_EQ(text_of(find_servers(connections({39, 40, 41}), proc.machine())),
              "39=100/bindfs 40=200/sshfs 41=200/sshfs ");
}

TEST(Servers, AContainersPathOfTheDeviceIsFoundToo) {
    FakeProc proc(new_kernel);
    proc.process(100, "bindfs");
    proc.descriptor(100, 4, "/fuse", fdinfo_of(39));
    EXPECT_EQ(text_of(find_servers(connections({39}), proc.machine())), "39=100/bindfs ");
}

TEST(Servers, ClonedDescriptorsAreOneProcessAndAForkIsTwo) {
    FakeProc proc(new_kernel);
    proc.process(200, "worker");
    proc.descriptor(200, 4, "/dev/fuse", fdinfo_of(39));
    proc.process(100, "server");
    proc.descriptor(100, 4, "/dev/fuse", fdinfo_of(39));
    proc.descriptor(100, 5, "/dev/fuse", fdinfo_of(39));
    EXPECT_EQ(text_of(find_servers(connections({39}), proc.machine())),
              "39=100/server 39=200/worker ");

    auto named = connections({39});
    name_servers(named, proc.machine());
    EXPECT_EQ(named[0].server_pid, 0u);
}

TEST(Servers, AConnectionIsNamedAfterItsOnlyProcess) {
    FakeProc proc(new_kernel);
    proc.process(100, "bindfs");
    proc.descriptor(100, 4, "/dev/fuse", fdinfo_of(39));
    auto named = connections({39, 40});
    name_servers(named, proc.machine());
    EXPECT_EQ(named[0].server_pid, 100u);
    EXPECT_EQ(named[0].server_name, "bindfs");
    EXPECT_EQ(named[1].server_pid, 0u);
    EXPECT_EQ(named[1].server_name, "");
}

TEST(Servers, WithoutTheLineTheOnlyHolderServesTheOnlyConnection) {
    FakeProc proc(old_kernel);
    proc.process(100, "bindfs");
    proc.descriptor(100, 4, "/dev/fuse", plain_fdinfo);
    proc.process(200, "bash");
    EXPECT_EQ(text_of(find_servers(connections({39}), proc.machine())), "39=100/bindfs ");
}

TEST(Servers, WithoutTheLineNobodyIsNamedWhereAnotherCouldBeMeant) {
    const auto guess = [](auto change, std::initializer_list<unsigned> numbers,
                          const char* kernel = old_kernel, const char* fs_type = "fuse") {
        FakeProc proc(kernel);
        proc.process(100, "bindfs");
        proc.descriptor(100, 4, "/dev/fuse", plain_fdinfo);
        change(proc);
        auto all = connections(numbers);
        for (Connection& connection : all)
            connection.fs_type = fs_type;
        return text_of(find_servers(all, proc.machine()));
    };
    const auto nothing = [](FakeProc&) {};
    ASSERT_NE(guess(nothing, {39}), "");
    EXPECT_EQ(guess(nothing, {39, 40}), "");
    EXPECT_EQ(guess(nothing, {}), "");
    EXPECT_EQ(guess(nothing, {39}, new_kernel),
              ""); // it is not mounted, or the line would be there
    EXPECT_EQ(guess(nothing, {39}, old_kernel, "virtiofs"), "");
    EXPECT_EQ(guess([](FakeProc& proc) { proc.closed_process(300); }, {39}), "");
    EXPECT_EQ(guess(
                  [](FakeProc& proc) {
                      proc.process(200, "sshfs");
                      proc.descriptor(200, 4, "/dev/fuse", plain_fdinfo);
                  },
                  {39}),
              "");
}

TEST(Servers, AHolderInAnotherMountNamespaceIsNotTakenForOurs) {
    FakeProc proc(old_kernel);
    proc.process(100, "bindfs", "mnt:[4026532999]");
    proc.descriptor(100, 4, "/dev/fuse", plain_fdinfo);
    EXPECT_EQ(text_of(find_servers(connections({39}), proc.machine())), "");
}

TEST(Servers, AFileThatIsOnlyCalledFuseServesNothing) {
    FakeProc proc(old_kernel);
    proc.process(100, "editor");
    proc.descriptor(100, 4, "/home/user/fuse", plain_fdinfo);
    EXPECT_EQ(text_of(find_servers(connections({39}), proc.machine())), "");
}

TEST(Servers, NonsenseInFdinfoIsPassedOver) {
    FakeProc proc(new_kernel);
    proc.process(100, "bindfs");
    unsigned number = 4;
    for (const char* value : {"", "x", "-1", "99999999999", "39x"})
        proc.descriptor(100, number++, "/dev/fuse", fmt::format("fuse_connection:\t{}\n", value));
    EXPECT_EQ(text_of(find_servers(connections({39}), proc.machine())), "");
}

TEST(Servers, WithoutProcThereAreNone) {
    const FakeRoot root;
    EXPECT_TRUE(find_servers(connections({39}), root.machine()).empty());
}

} // namespace

} // namespace fusewire::live_test
