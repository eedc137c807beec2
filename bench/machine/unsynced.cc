// Runs a program for which fsync and fdatasync are done before they are asked for: what it would cost on a host that
// needs no promise about power cuts. By a filter in the kernel, for a static program takes no preloaded library.
//
//     unsynced PROGRAM ARGUMENT...
#include <array>
#include <cstddef>
#include <cstdio>

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

int main(int argc, char** argv) {
  if (argc < 2) {
    std::fputs("usage: unsynced PROGRAM ARGUMENT...\n", stderr);
    return 2;
  }
  constexpr unsigned kNothingDone = SECCOMP_RET_ERRNO;  // with the error 0
  std::array filter{
      sock_filter BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
      sock_filter BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_fsync, 1, 0),
      sock_filter BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_fdatasync, 0, 1),
      sock_filter BPF_STMT(BPF_RET | BPF_K, kNothingDone),
      sock_filter BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
  };
  const sock_fprog program{.len = filter.size(), .filter = filter.data()};
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 && prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0) {
    execvp(argv[1], argv + 1);
  }
  std::perror(argv[1]);
  return 1;
}
