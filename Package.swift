// swift-tools-version: 6.2
import PackageDescription

let strict: [SwiftSetting] = [
  .strictMemorySafety(),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("MemberImportVisibility"),
]
/// For the rooms in which the tests spend their time: optimised as a whole in debug builds too, with
/// assertions.
let fast =
  strict + [
    .unsafeFlags(
      [
        "-O", "-whole-module-optimization", "-num-threads", "2", "-disable-batch-mode",
        "-assert-config", "Debug",
      ], .when(configuration: .debug))
  ]
/// For the rooms in which no loop is long: left as they are in release builds, which take a third of
/// the time.
let plain = [SwiftSetting.unsafeFlags(["-Onone"], .when(configuration: .release))]
let onMainActor = strict + [.defaultIsolation(MainActor.self)]

/// A room of the program: one folder under `Sources`.
func room(
  _ name: String, _ imports: [Target.Dependency] = [], settings: [SwiftSetting] = strict,
) -> Target {
  .target(name: name, dependencies: imports, swiftSettings: settings)
}

/// The tests of one room. Folders of recorded data and golden screens are read from the source tree.
func tests(_ name: String, _ imports: [Target.Dependency], exclude: [String] = []) -> Target {
  .testTarget(
    name: name, dependencies: imports + ["TestSupport"], exclude: exclude, swiftSettings: strict)
}

let package = Package(
  name: "directmap",
  products: [.executable(name: "directmap", targets: ["directmap"])],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
    .package(url: "https://github.com/apple/swift-system", from: "1.6.0"),
  ],
  targets: [
    room("Engine", settings: fast),
    room("TLB", ["Engine"], settings: fast),
    room("KernelText", ["Engine"], settings: fast),
    room("History", ["Engine"], settings: fast),
    room("Screen", settings: fast),
    .target(
      name: "Lab", dependencies: ["CLinux", "Engine", "History", "KernelText"], exclude: ["Init"],
      resources: [.embedInCode("Programs")], swiftSettings: fast),
    room("Scenarios", ["Engine", "History", "KernelText", "Screen", "TLB"], settings: fast),
    .target(
      name: "Lessons", resources: [.embedInCode("Texts")],
      swiftSettings: strict),
    room("Exploring", ["Engine", "KernelText", "Scenarios"], settings: fast),
    room("Casting", ["Screen"]),
    room("Quiz", ["Engine", "Exploring", "KernelText", "Scenarios"], settings: strict + plain),
    room("Keys", ["Engine", "Screen"], settings: fast),
    room("Lanes", ["Engine", "History", "Keys", "Scenarios", "Screen", "TLB"], settings: fast),
    room(
      "Interface",
      ["Engine", "History", "Keys", "Lanes", "Quiz", "Scenarios", "Screen", "TLB"],
      settings: strict + plain),
    room(
      "Views",
      ["Engine", "History", "Interface", "Keys", "Lanes", "Quiz", "Scenarios", "Screen", "TLB"],
      settings: fast),
    room(
      "Configuration", ["Interface", "Keys", "Lanes", "Scenarios", "Screen"],
      settings: strict + plain),
    .target(name: "CLinux"),
    .target(name: "CTerminal", linkerSettings: [.linkedLibrary("ncursesw")]),
    room("TerminalBackend", ["CTerminal", "Screen"], settings: onMainActor),
    .executableTarget(
      name: "directmap",
      dependencies: [
        "CLinux", "Engine", "KernelText", "History", "Scenarios", "Screen", "Interface",
        "Configuration", "Casting", "Exploring", "Keys", "Lab", "Lanes", "Lessons", "Quiz",
        "TerminalBackend", "TLB", "Views",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "SystemPackage", package: "swift-system"),
      ],
      swiftSettings: onMainActor + plain,
      // At a fixed address the program needs no relocations, which are half of its time to start. The
      // older linker then makes function addresses that the loader warns of, on the user's screen.
      linkerSettings: [
        .unsafeFlags(
          ["-use-ld=lld", "-Xclang-linker", "-no-pie"], .when(configuration: .release))
      ]),
    .target(name: "CBaseline"),
    .executableTarget(
      name: "Fuzz", dependencies: ["Configuration", "Engine", "KernelText", "Scenarios"],
      swiftSettings: strict),
    .executableTarget(
      name: "Benchmarks",
      dependencies: [
        "CBaseline", "Casting", "Engine", "Exploring", "History", "Interface", "KernelText", "Lab",
        "Lanes", "Scenarios", "Screen", "TLB", "Views",
      ],
      swiftSettings: strict),

    .target(
      name: "TestSupport", dependencies: ["Engine", "Screen"], path: "Tests/TestSupport",
      swiftSettings: fast),
    tests("EngineTests", ["Engine"]),
    tests("KernelTextTests", ["Engine", "KernelText"], exclude: ["Recorded"]),
    tests("LabTests", ["Engine", "History", "Lab"]),
    tests("TLBTests", ["Engine", "TLB"]),
    tests("HistoryTests", ["Engine", "History"]),
    tests("ScenariosTests", ["Engine", "History", "KernelText", "Scenarios", "Screen", "TLB"]),
    tests("ScreenTests", ["Screen"], exclude: ["Goldens"]),
    tests(
      "InterfaceTests",
      [
        "Engine", "History", "Interface", "KernelText", "Keys", "Lanes", "Lessons", "Quiz",
        "Scenarios", "Screen", "TLB", "Views",
      ], exclude: ["Goldens"]),
    tests(
      "ConfigurationTests", ["Configuration", "Engine", "Interface", "Keys", "Lanes", "Screen"]),
    tests("QuizTests", ["Engine", "KernelText", "Quiz", "Scenarios"]),
    tests("CastingTests", ["Casting", "Screen"]),
    tests("ExploringTests", ["Engine", "Exploring", "KernelText", "Scenarios"]),
    tests(
      "LessonsTests",
      [
        "Engine", "History", "Interface", "Keys", "Lanes", "Lessons", "Scenarios", "Screen",
        "Views",
      ]),
    tests(
      "EndToEndTests", ["directmap", "Fuzz", "Interface", "Keys", "Lanes", "Screen"],
      exclude: ["Tools"]),
    tests("TidyTests", []),
  ],
  swiftLanguageModes: [.v6],
)
