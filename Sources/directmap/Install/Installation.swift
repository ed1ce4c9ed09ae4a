import FoundationEssentials
@unsafe @preconcurrency import Glibc

/// Where the files of the program lie, below a folder.
nonisolated struct Installation {
  /// The folder, as an absolute path without a slash at its end.
  let prefix: String

  /// The program, below the folder.
  static let programPath = "bin/directmap"

  /// The program.
  var program: String { "\(prefix)/\(Self.programPath)" }

  /// The manual page and the completions, below the folder, where `man` and the shells look for them.
  static let texts: [(text: InstallCommand.Text, path: String)] = [
    (.manual, "share/man/man1/directmap.1"),
    (.bash, "share/bash-completion/completions/directmap"),
    (.zsh, "share/zsh/site-functions/_directmap"),
    (.fish, "share/fish/vendor_completions.d/directmap.fish"),
  ]

  /// What a shell still needs to find the files: one line each.
  func hints(_ environment: [String: String]) -> [String] {
    var hints: [String] = []
    let folders = (environment["PATH"] ?? "").split(separator: ":")
    if !folders.contains(Substring(prefix + "/bin")) {
      hints.append("Your PATH lacks \(prefix)/bin. In ~/.profile: PATH=\"\(prefix)/bin:$PATH\"")
    }
    let isUsual = ["/usr", "/usr/local"].contains(prefix)
    let isOwn = environment["HOME"].map { prefix == $0 + "/.local" } ?? false
    if !isUsual, !isOwn {
      let bash = prefix + "/share/bash-completion/completions/directmap"
      hints.append("bash looks elsewhere for completions. In ~/.bashrc: source \(bash)")
      let fish = prefix + "/share/fish/vendor_completions.d/directmap.fish"
      hints.append("fish does too. In ~/.config/fish/config.fish: source \(fish)")
    }
    if !isUsual {
      let folder = prefix + "/share/zsh/site-functions"
      hints.append(
        "zsh does not look there. In ~/.zshrc, before compinit: fpath=(\(folder) $fpath)")
    }
    return hints
  }

  /// The file of the program that runs.
  static func runningProgram() throws(UserError) -> String {
    guard let path = unsafe realpath("/proc/self/exe", nil) else {
      throw UserError("the file of this program cannot be found; is /proc mounted?")
    }
    defer { unsafe free(path) }
    return unsafe String(cString: path)
  }

  /// Whether two paths lead to the same file.
  static func isSame(_ first: String, _ second: String) -> Bool {
    var (one, two) = (stat(), stat())
    guard unsafe stat(first, &one) == 0, unsafe stat(second, &two) == 0 else { return false }
    return one.st_dev == two.st_dev && one.st_ino == two.st_ino
  }
}
