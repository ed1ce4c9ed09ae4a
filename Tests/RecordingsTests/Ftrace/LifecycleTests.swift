import Engine
import Foundation
import KernelText
import Recordings
import TestSupport
import Testing

/// Modules loaded here request the same changes, of the same numbers of pages and in the same
/// order, as those loaded on real kernels.
@Suite struct LifecycleTests {
  /// The requests to CPA.
  struct Asked: Equatable {
    /// The pages of each request, in order.
    var requests: [UInt64] = []
    /// The number of pages that left the direct map, one call each.
    var invalidated = 0
  }

  /// The requests between the notes `start` and `loaded`.
  static func traced(_ trace: FtraceText) -> Asked {
    var asked = Asked()
    var isLoading = false
    for event in trace.events {
      switch event.kind {
      case .note(let note) where note.name == "start": isLoading = true
      case .note(let note) where note.name == "loaded": return asked
      case .request(let request) where isLoading: asked.requests.append(request.pages.rawValue)
      case .setDirectMap(.invalid, _) where isLoading: asked.invalidated += 1
      default: break
      }
    }
    return asked
  }

  /// The same of the simulation, which loads the modules of the trace.
  static func simulated(_ trace: FtraceText, _ kernel: KernelProfile) throws -> Asked {
    let description = try #require(MachineDescription(builtIn: "teaching-4g"))
    var machine = try Machine(booting: description, kernel: kernel)
    var asked = Asked()
    for command in TraceScenario(trace).commands {
      guard case .loadModule(let name, let sizes) = command else {
        if case .note("loaded") = command { break }
        if case .unloadModule = command { break }
        continue
      }
      var log = EventLog()
      let short = try #require(Name(name.prefix(24)))
      #expect(try machine.perform(.user(.moduleLoad(short, sizes)), into: &log) == .success)
      asked.add(log)
    }
    return asked
  }

  private static func trace(_ path: String) throws -> FtraceText {
    try FtraceText(ProjectFiles.bytes("Assets/workloads/\(path)/workload.ftrace.txt"))
  }

  @Test(arguments: ["bpf", "4g"])
  func `6.12 is asked for the same, in the same order`(workload: String) throws {
    let trace = try Self.trace("linux-6.12.117/\(workload)")
    let recorded = Self.traced(trace)
    let own = try Self.simulated(trace, .linux6_12)
    #expect(recorded.requests.count > 60)
    #expect(own.requests == recorded.requests)
    #expect(own.invalidated == recorded.invalidated)
  }

  /// The work that frees init text runs beside the next load, and its requests come in between; the
  /// cache was filled before the trace began, here it fills itself with blocks of 512 pages.
  @Test(arguments: ["bpf", "4g"])
  func `7.2 is asked for the same, whatever comes in between`(workload: String) throws {
    let trace = try Self.trace("linux-7.2.12/\(workload)")
    let recorded = Self.traced(trace)
    let own = try Self.simulated(trace, .linux7_2)
    #expect(recorded.requests.count > 100)
    #expect(
      own.requests.filter { $0 != 512 }.sorted() == recorded.requests.filter { $0 != 512 }.sorted())
    #expect(own.invalidated == recorded.invalidated)
  }
}

extension LifecycleTests.Asked {
  fileprivate mutating func add(_ log: EventLog) {
    var isResetting = false
    var walks = 0
    for event in log.events {
      switch event {
      case .entered(.changePageAttrSetClr, _, let pages): requests.append(pages.rawValue)
      case .entered(.vmResetPerms, _, _): isResetting = true
      case .left(.vmResetPerms, _):
        // Each page left and came back.
        invalidated += walks / 2
        (isResetting, walks) = (false, 0)
      case .entered(.changePageAttrLoop, _, _) where isResetting: walks += 1
      default: break
      }
    }
  }
}
