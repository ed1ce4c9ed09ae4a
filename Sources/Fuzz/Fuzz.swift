@unsafe @preconcurrency import Glibc
import Synchronization

/// `Fuzz TARGET|all [--inputs N] [--seconds N] [--seed N] [--show N]`: feeds random inputs to the
/// parsers. A trap ends it and prints the number of the input, which `--show` prints.
///
/// Built with `-sanitize=fuzzer` and the flag LIBFUZZER, `Fuzz TARGET ARGUMENTS...` starts
/// libFuzzer, which looks for inputs that reach new code.
@main struct Fuzz {
  static func main() {
    var words = Array(CommandLine.arguments.dropFirst())
    guard let name = words.first else { fail("give a target: \(names)") }
    words.removeFirst()
    #if LIBFUZZER
      guard let target = FuzzTarget(rawValue: name) else {
        fail("no such target; there are \(names)")
      }
      exit(LibFuzzer.run(target, words))
    #else
      let options = Options(words)
      if name == "all" {
        for target in FuzzTarget.allCases { run(target, options, share: FuzzTarget.allCases.count) }
      } else if let target = FuzzTarget(rawValue: name) {
        run(target, options, share: 1)
      } else {
        fail("no such target; there are all, \(names)")
      }
    #endif
  }

  private static var names: String {
    FuzzTarget.allCases.map(\.rawValue).joined(separator: ", ")
  }

  private struct Options {
    var inputs = 1_000_000
    var seconds: Int?
    var seed: UInt64 = 1
    var shown: Int?

    init(_ words: [String]) {
      var words = words[...]
      while let option = words.popFirst() {
        guard let number = words.popFirst().flatMap({ Int($0) }), number >= 0 else {
          fail("\(option) needs a number")
        }
        switch option {
        case "--inputs": inputs = number
        case "--seconds": (seconds, inputs) = (number, .max)
        case "--seed": seed = UInt64(number)
        case "--show": shown = number
        default: fail("no such option: \(option)")
        }
      }
    }
  }

  /// The current input, for the handler that reports a trap.
  private static let current = Atomic<Int>(0)

  /// - Parameter share: the number of targets that share the seconds.
  private static func run(_ target: FuzzTarget, _ options: Options, share: Int) {
    let seeds = target.seeds()
    if seeds.isEmpty { fail("no inputs to begin from; run it in the project's top folder") }
    var mutator = ByteMutator(seed: options.seed, from: seeds, words: target.words)
    let clock = ContinuousClock()
    let end = options.seconds.map { clock.now.advanced(by: .milliseconds($0 * 1000 / share)) }
    print("\(target.rawValue), seed \(options.seed): ", terminator: "")
    fflush(nil)
    for signal in [SIGILL, SIGTRAP, SIGSEGV, SIGBUS, SIGABRT, SIGALRM] {
      Glibc.signal(signal) { Fuzz.tellAndEnd($0) }
    }
    var count = 0
    while count < options.inputs {
      current.store(count, ordering: .relaxed)
      if count % 256 == 0 {
        // An input that takes this long is a finding too.
        alarm(60)
        if let end, clock.now >= end { break }
      }
      let input = mutator.input()
      if count == options.shown {
        fwriteAll(input)
        return
      }
      if options.shown == nil { target.read(input) }
      count += 1
    }
    alarm(0)
    print("\(count) inputs from \(seeds.count) seeds, none trapped")
  }

  private static func fwriteAll(_ bytes: [UInt8]) {
    _ = unsafe bytes.withUnsafeBytes { unsafe write(STDOUT_FILENO, $0.baseAddress, $0.count) }
  }

  /// Prints the current input, in a signal handler.
  private static func tellAndEnd(_ signal: Int32) {
    let what = signal == SIGALRM ? "took over a minute near input " : "trapped at input "
    var digits: [UInt8] = Array(what.utf8)
    digits += Array(String(current.load(ordering: .relaxed)).utf8) + [0x0a]
    _ = unsafe digits.withUnsafeBytes { unsafe write(STDERR_FILENO, $0.baseAddress, $0.count) }
    _exit(1)
  }

  private static func fail(_ reason: String) -> Never {
    print("Fuzz: \(reason)")
    exit(2)
  }
}
