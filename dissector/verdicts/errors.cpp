// Replies with an error that does not just go to the caller: what ENOSYS switches off, and errors
// that the kernel keeps to itself.
#include "dissector/verdicts/row.h"

namespace fusewire {

namespace {

using namespace verdict_errno;

template <std::int32_t Error>
bool says(const Answer& answer) {
    return answer.error() == -Error;
}
bool says_anything(const Answer&) {
    return true;
}
bool cannot_copy(const Answer& answer) {
    return answer.error() == -eopnotsupp || answer.error() == -exdev;
}
// ENOMEM and EINTR end the walk, all else makes the kernel ask again.
bool name_fails(const Answer& answer) {
    return answer.error() != -enomem && answer.error() != -eintr && answer.revalidates();
}

constexpr OpSet walks = ops(Op::lookup, Op::getattr, Op::setattr, Op::open, Op::opendir,
                            Op::readlink, Op::access, Op::mknod, Op::mkdir, Op::symlink, Op::link,
                            Op::unlink, Op::rmdir, Op::rename, Op::rename2, Op::create, Op::statfs,
                            Op::statx, Op::setxattr, Op::getxattr, Op::listxattr, Op::removexattr);

constexpr VerdictRow no_open{.id = "enosys-open",
                             .outcome = Outcome::unsupported,
                             .text = "every file opens with fh 0 from now on, without a request",
                             .evidence = Evidence::live};

constexpr VerdictCheck<Answer> answers[] = {
    {{.id = "release-error",
      .outcome = Outcome::fields_ignored,
      .text = "an error to RELEASE, RELEASEDIR or DESTROY: nobody waits for it",
      .evidence = Evidence::live},
     says_anything,
     ops(Op::release, Op::releasedir, Op::destroy),
     When::failed},
    {{.id = "init-error",
      .outcome = Outcome::caller_error,
      .caller_errno = econnrefused,
      .text = "an error to INIT: every operation fails with ECONNREFUSED until it is unmounted",
      .evidence = Evidence::live},
     says_anything,
     ops(Op::init),
     When::failed},
    {{.id = "name-dropped",
      .outcome = Outcome::dropped,
      .caller_errno = VerdictRow::undefined,
      .text =
          "an error for a cached name: the name is dropped and looked up again at once, and that "
          "reply counts",
      .evidence = Evidence::live},
     name_fails,
     ops(Op::lookup),
     When::failed},
    {{.id = "negative-uncached",
      .outcome = Outcome::negative,
      .caller_errno = VerdictRow::as_sent,
      .text =
          "no such name, and it is not remembered: ENOENT unless the caller is about to create it",
      .evidence = Evidence::live},
     says<enoent>,
     ops(Op::lookup),
     When::failed},
    {{.id = "estale-walks-again",
      .outcome = Outcome::caller_error,
      .caller_errno = VerdictRow::undefined,
      .text =
          "ESTALE for an operation on a path: the kernel walks the path again and asks for every "
          "name; the caller gets ESTALE if that fails too, or if it used a descriptor",
      .evidence = Evidence::live},
     says<estale>,
     walks,
     When::failed},
    {no_open, says<enosys>, ops(Op::open, Op::opendir), When::failed},
    {{.id = "enosys-succeeds",
      .outcome = Outcome::unsupported,
      .text = "taken as success, and never sent again",
      .evidence = Evidence::live},
     says<enosys>,
     ops(Op::flush, Op::fsync, Op::fsyncdir, Op::syncfs, Op::access),
     When::failed},
    {{.id = "enosys-unsupported",
      .outcome = Outcome::unsupported,
      .caller_errno = eopnotsupp,
      .text = "EOPNOTSUPP for the caller, and never sent again",
      .evidence = Evidence::live},
     says<enosys>,
     ops(Op::tmpfile, Op::fallocate, Op::setxattr, Op::getxattr, Op::listxattr, Op::removexattr),
     When::failed},
    {{.id = "enosys-create",
      .outcome = Outcome::unsupported,
      .caller_errno = VerdictRow::undefined,
      .text = "MKNOD and OPEN take the place of CREATE from now on",
      .evidence = Evidence::live},
     says<enosys>,
     ops(Op::create),
     When::failed},
    {{.id = "enosys-statx",
      .outcome = Outcome::unsupported,
      .caller_errno = VerdictRow::undefined,
      .text = "GETATTR takes the place of STATX from now on",
      .evidence = Evidence::live},
     says<enosys>,
     ops(Op::statx),
     When::failed},
    {{.id = "enosys-rename2",
      .outcome = Outcome::unsupported,
      .caller_errno = einval,
      .text = "EINVAL for the caller, and RENAME2 is never sent again",
      .evidence = Evidence::live},
     says<enosys>,
     ops(Op::rename2),
     When::failed},
    {{.id = "enosys-link",
      .outcome = Outcome::unsupported,
      .caller_errno = eperm,
      .text = "EPERM for the caller, and LINK is never sent again; older kernels pass ENOSYS on",
      .evidence = Evidence::live},
     says<enosys>,
     ops(Op::link),
     When::failed},
    {{.id = "enosys-lseek",
      .outcome = Outcome::unsupported,
      .caller_errno = VerdictRow::undefined,
      .text = "the kernel works holes out from the size, and LSEEK is never sent again",
      .evidence = Evidence::live},
     says<enosys>,
     ops(Op::lseek),
     When::failed},
    {{.id = "enosys-copy",
      .outcome = Outcome::unsupported,
      .caller_errno = VerdictRow::undefined,
      .text = "never sent again: COPY_FILE_RANGE takes the place of COPY_FILE_RANGE_64, and "
              "reading and "
              "writing that of COPY_FILE_RANGE",
      .evidence = Evidence::live},
     says<enosys>,
     ops(Op::copy_file_range, Op::copy_file_range_64),
     When::failed},
    {{.id = "copied-by-kernel",
      .outcome = Outcome::fields_ignored,
      .caller_errno = VerdictRow::undefined,
      .text = "EOPNOTSUPP or EXDEV for a copy: this time the kernel reads and writes",
      .evidence = Evidence::live},
     cannot_copy,
     ops(Op::copy_file_range, Op::copy_file_range_64),
     When::failed},
    {{.id = "enosys-poll",
      .outcome = Outcome::unsupported,
      .text = "files are always ready, and POLL is never sent again",
      .evidence = Evidence::live},
     says<enosys>,
     ops(Op::poll),
     When::failed},
    {{.id = "poll-error",
      .outcome = Outcome::fields_ignored,
      .text = "poll(2) reports POLLERR; which error it was is lost",
      .evidence = Evidence::live},
     says_anything,
     ops(Op::poll),
     When::failed},
    {{.id = "enosys-bmap",
      .outcome = Outcome::unsupported,
      .text = "block 0 for the caller, and BMAP is never sent again"},
     says<enosys>,
     ops(Op::bmap),
     When::failed},
    {{.id = "enosys-ioctl",
      .outcome = Outcome::caller_error,
      .caller_errno = enotty,
      .text = "ENOTTY for the caller; IOCTL is sent again all the same",
      .evidence = Evidence::live},
     says<enosys>,
     ops(Op::ioctl),
     When::failed},
    {{.id = "lock-restarted",
      .outcome = Outcome::caller_error,
      .caller_errno = VerdictRow::undefined,
      .text = "EINTR for a lock: the caller's signal is handled and the call starts anew"},
     says<eintr>,
     ops(Op::setlk, Op::setlkw),
     When::failed},
};

} // namespace

constexpr VerdictFamily verdicts::errors{"Errors", answers};

} // namespace fusewire
