import Engine
import TestSupport
import Testing

/// Every switch of the CPU and the command line, on every architecture: it changes what a kernel does,
/// or is refused.
struct SwitchTests {
  static let pairs = Architecture.allCases.flatMap { architecture in
    CPUFeatures.Switch.allCases.map { (architecture, $0) }
  }

  /// What must be so for some switches to make a difference.
  private static let settings: [[CPUFeatures.Switch: Bool]] = [
    [:], [.pti: true], [.bbml2: true], [.rodataFull: false], [.rodataFull: false, .bbml2: true],
  ]

  private func machine(
    _ architecture: Architecture, _ setting: [CPUFeatures.Switch: Bool],
    toggling name: CPUFeatures.Switch? = nil,
  ) throws -> MachineDescription {
    let builtIn = architecture == .arm64 ? "arm64-4g" : "teaching-4g"
    var description = try #require(MachineDescription(builtIn: builtIn))
    for (name, isOn) in setting { description.cpu[name] = isOn }
    if let name { description.cpu[name].toggle() }
    return description
  }

  /// All that happens when a machine boots and some calls are made.
  private func behaviour(
    _ description: MachineDescription, _ kernel: KernelProfile,
  ) throws -> [Event] {
    var log = EventLog()
    var machine = try Machine.boot(description, kernel: kernel, into: &log)
    let frame = machine.memory.ranges[machine.memory.ranges.count - 1].lowerBound + 0x8000
    let name = try #require(Name("n"))
    let calls: [Call] = [
      .setMemory(.uc, .frame(frame), 1), .setMemory(.decrypted, .frame(frame + 4), 1),
      .setDirectMap(.invalid, frame + 8, 1),
      .process(.mmap(name, 4096, order: 0, [], at: nil)), .process(.munmap(name, nil)),
    ]
    for call in calls {
      do throws(CallError) { _ = try machine.perform(call, into: &log) } catch { continue }
    }
    return log.events
  }

  private func kernel(_ architecture: Architecture) -> KernelProfile {
    architecture == .arm64 ? .linux7_0Arm64 : .linux7_2
  }

  @Test(arguments: pairs)
  func `changes what the kernel does, or is refused`(
    _ architecture: Architecture, _ name: CPUFeatures.Switch,
  ) throws {
    let isOld = name == .crashkernel && architecture == .arm64
    let kernel = isOld ? KernelProfile.linux6_1Arm64 : kernel(architecture)
    guard name.works(on: architecture) else {
      let toggled = try machine(architecture, [:], toggling: name)
      #expect(throws: BootError.switchOfOtherArchitecture(name, kernel: kernel.name)) {
        try Machine(booting: toggled, kernel: kernel)
      }
      return
    }
    let differs = try Self.settings.contains { setting in
      guard setting.keys.allSatisfy({ $0.works(on: architecture) }) else { return false }
      return try behaviour(machine(architecture, setting), kernel)
        != behaviour(machine(architecture, setting, toggling: name), kernel)
    }
    #expect(differs, "\(name.word) changes nothing on \(architecture)")
  }

  @Test func `the reason names the switch and the way out`() throws {
    let error = BootError.switchOfOtherArchitecture(.bbml2, kernel: "linux-7.2")
    #expect(error.description.contains("bbml2") && error.description.contains("leave it out"))
    #expect(BootError.movableNodeWithoutImage.description.contains("movable_node"))
  }

  @Test func `KFENCE by its switch is KFENCE by the boot option`() throws {
    let plain = try machine(.x86_64, [:])
    let switched = try machine(.x86_64, [:], toggling: .kfence)
    let byOption = try Machine(
      booting: plain, kernel: .linux7_2, options: BootOptions(kfence: .on))
    let booted = try Machine(booting: switched, kernel: .linux7_2)
    #expect(booted.directMapRuns == byOption.directMapRuns)
    #expect(booted.counters == byOption.counters)
    #expect(try Machine(booting: plain, kernel: .linux7_2).directMapRuns != byOption.directMapRuns)
  }

  @Test func `movable_node by its switch is movable_node by the boot option, and needs an image`()
    throws
  {
    let plain = try machine(.x86_64, [:])
    var switched = try machine(.x86_64, [:], toggling: .movableNode)
    let byOption = try Machine(
      booting: plain, kernel: .linux7_2, options: BootOptions(isBottomUp: true))
    let booted = try Machine(booting: switched, kernel: .linux7_2)
    #expect(booted.directMapRuns == byOption.directMapRuns)
    #expect(booted.counters == byOption.counters)
    switched.image = nil
    #expect(throws: BootError.movableNodeWithoutImage) {
      try Machine(booting: switched, kernel: .linux7_2)
    }
  }

  /// SME on the host and a guest of SEV differ in nothing that page tables show.
  @Test func `SME gives every leaf the C-bit`() throws {
    let machine = try Machine(booting: machine(.x86_64, [:], toggling: .sme), kernel: .linux7_2)
    for run in machine.directMapRuns where run.size != nil {
      #expect(run.flags.contains(.encryption))
    }
    let guest = try Machine(booting: self.machine(.x86_64, [:], toggling: .sev), kernel: .linux7_2)
    #expect(machine.directMapRuns == guest.directMapRuns)
  }
}
