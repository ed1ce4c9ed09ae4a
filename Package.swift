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
    room("Maps", ["Engine", "KernelText"]),
    room("Recordings", ["Engine", "KernelText"], settings: fast),
    room("History", ["Engine"], settings: fast),
    room("Screen", settings: fast),
    .target(
      name: "Lab",
      dependencies: ["CEmbedded", "CLinux", "Engine", "History", "KernelText", "Recordings"],
      exclude: ["Init", "Programs"], swiftSettings: strict),
    room("Narration", ["Engine", "History"]),
    room(
      "Language", ["Engine", "History", "KernelText", "Narration", "Screen", "TLB"],
      settings: fast + plain),
    room(
      "Parsing",
      ["Engine", "History", "KernelText", "Language", "Narration", "Screen", "TLB"],
      settings: fast),
    room(
      "Scenarios",
      ["Engine", "History", "KernelText", "Language", "Narration", "Parsing", "Screen", "TLB"]),
    .target(
      name: "Lessons", dependencies: ["CEmbedded"], exclude: ["Texts"],
      swiftSettings: strict + plain),
    room(
      "Exploring", ["Engine", "KernelText", "Language", "Narration", "Parsing"],
      settings: fast),
    room("Casting", ["Screen"]),
    room(
      "Quiz",
      ["Engine", "Exploring", "KernelText", "Language", "Narration", "Parsing", "Scenarios"],
      settings: strict + plain),
    room("Keys", ["Engine", "Screen"], settings: strict + plain),
    room(
      "Lanes",
      ["Engine", "History", "Keys", "Language", "Narration", "Scenarios", "Screen", "TLB"],
      settings: fast),
    room(
      "Interface",
      [
        "Engine", "History", "Keys", "Lanes", "Language", "Narration", "Parsing", "Quiz",
        "Scenarios", "Screen", "TLB",
      ],
      settings: strict + plain),
    room(
      "Views",
      [
        "Engine", "History", "Interface", "Keys", "Lanes", "Language", "Narration", "Quiz",
        "Scenarios", "Screen", "TLB",
      ],
      settings: fast),
    room(
      "Configuration", ["Interface", "Keys", "Lanes", "Language", "Screen"],
      settings: strict + plain),
    .target(name: "CEmbedded"),
    .target(name: "CLinux"),
    .target(name: "CTerminal", linkerSettings: [.linkedLibrary("ncursesw")]),
    room("TerminalBackend", ["CTerminal", "Screen"], settings: onMainActor),
    .executableTarget(
      name: "directmap",
      dependencies: [
        "Casting", "CLinux", "Configuration", "Engine", "Exploring", "History", "Interface",
        "KernelText", "Keys", "Lab", "Lanes", "Language", "Lessons", "Maps", "Narration", "Parsing",
        "Quiz", "Recordings", "Scenarios", "Screen", "TerminalBackend", "TLB", "Views",
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
      name: "Fuzz",
      dependencies: [
        "Configuration", "Engine", "KernelText", "Language", "Maps", "Parsing", "Recordings",
      ],
      swiftSettings: strict),
    .executableTarget(
      name: "Benchmarks",
      dependencies: [
        "CBaseline", "Casting", "Engine", "Exploring", "History", "Interface", "KernelText", "Lab",
        "Lanes", "Language", "Parsing", "Recordings", "Scenarios", "Screen", "TLB", "Views",
      ],
      swiftSettings: strict),

    .target(
      name: "TestSupport", dependencies: ["Engine", "KernelText", "Screen"],
      path: "Tests/TestSupport",
      swiftSettings: fast),
    tests("EngineTests", ["Engine"]),
    tests("KernelTextTests", ["Engine", "KernelText"], exclude: ["Recorded"]),
    tests("MapsTests", ["Engine", "KernelText", "Maps", "Recordings"]),
    tests("RecordingsTests", ["Engine", "KernelText", "Recordings"]),
    tests("LabTests", ["Engine", "History", "KernelText", "Lab", "Maps", "Recordings"]),
    tests("TLBTests", ["Engine", "TLB"]),
    tests("HistoryTests", ["Engine", "History"]),
    tests("NarrationTests", ["Engine", "Narration"]),
    tests(
      "ParsingTests",
      ["Engine", "KernelText", "Language", "Narration", "Parsing", "Recordings", "Screen"]),
    tests(
      "ScenariosTests",
      [
        "Engine", "History", "KernelText", "Language", "Narration", "Parsing", "Recordings",
        "Scenarios", "TLB",
      ]),
    tests("ScreenTests", ["Screen"], exclude: ["Goldens"]),
    tests(
      "InterfaceTests",
      [
        "Engine", "History", "Interface", "KernelText", "Keys", "Lanes", "Language", "Lessons",
        "Maps", "Narration", "Parsing", "Quiz", "Recordings", "Scenarios", "Screen", "TLB", "Views",
      ], exclude: ["Goldens"]),
    tests(
      "ConfigurationTests", ["Configuration", "Engine", "Interface", "Keys", "Lanes", "Screen"]),
    tests(
      "QuizTests",
      ["Engine", "KernelText", "Language", "Narration", "Parsing", "Quiz", "Scenarios"]),
    tests("CastingTests", ["Casting", "Screen"]),
    tests("ExploringTests", ["Engine", "Exploring", "KernelText", "Language", "Parsing"]),
    tests(
      "LessonsTests",
      [
        "Engine", "History", "Interface", "Keys", "Lanes", "Language", "Lessons", "Narration",
        "Parsing", "Scenarios", "Screen", "Views",
      ]),
    tests(
      "EndToEndTests", ["directmap", "Fuzz", "Interface", "Keys", "Lanes", "Screen"],
      exclude: ["Tools"]),
    tests("TidyTests", []),
  ],
  swiftLanguageModes: [.v6],
  cLanguageStandard: .gnu2x,
)
