import Domain
import Foundation
import NIOCore
import NIOPosix
import Upstreams

/// Who answers: agents and their upstreams.
extension Doctor {
    func agents(_ snapshot: Directory.Snapshot) -> Finding {
        for agent in snapshot.agents {
            for source in [agent.source] + agent.fallback where snapshot.upstreams[source.upstream] == nil {
                return .wrong(
                    "agents", "The agent “\(agent.code)” asks the upstream “\(source.upstream)”, which is not there.",
                    mend: "Add it: rialto upstream add \(source.upstream) …, or name another: "
                        + "rialto agent set \(agent.code) --upstream …")
            }
        }
        guard !snapshot.agents.isEmpty else {
            return .wrong("agents", "There are none, so nobody answers.", mend: "Add one: rialto agent add CODE")
        }
        return .ok("agents", "Agents that have their upstreams: \(snapshot.agents.count).")
    }

    /// Each of them at the same time; none answers later than in a few seconds.
    func upstreams(_ snapshot: Directory.Snapshot, _ site: Site) async -> [Finding] {
        let known = snapshot.upstreams.values.filter { !$0.kind.isBuiltIn }.sorted { $0.name < $1.name }
        let server = site.place.data.flatMap(DataLock.holder).flatMap { Self.environment(ofProcess: $0.process) }
        let pool = UpstreamPool(
            group: MultiThreadedEventLoopGroup.singleton,
            environment: (server ?? [:]).merging(environment) { $1 }, guide: Guide(), logger: logger)
        let findings = await withTaskGroup(of: (Int, Finding).self) { group in
            for (place, upstream) in known.enumerated() {
                group.addTask { (place, Self.finding(upstream, await pool.check(upstream), server)) }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        await pool.shutdown()
        return findings.sorted { $0.0 < $1.0 }.map(\.1)
    }

    /// - Parameter server: the running server's environment, where it is known.
    static func finding(_ upstream: UpstreamSettings, _ check: UpstreamCheck, _ server: [String: String]?) -> Finding {
        let name = "upstream \(upstream.name)"
        let variable = upstream.keyVariable ?? ""
        let mend = "Start the server again with \(variable) in its environment."
        switch check.finding {
        case .reachable:
            guard let server, !variable.isEmpty, (server[variable] ?? "").isEmpty else {
                return .ok(name, check.detail)
            }
            return .wrong(name, "It answers here, but the server runs without \(variable).", mend: mend)
        case .keyMissing where server == nil:
            return .note(
                name, "Not asked: \(variable) is not set where doctor runs.",
                mend: "Make sure that the server starts with \(variable); run doctor with it to check the key.")
        case .keyMissing: return .wrong(name, "The server runs without \(variable).", mend: mend)
        case .keyRefused, .notAnAPI, .unreachable:
            return .wrong(name, check.detail, mend: check.mend ?? "Look at the upstream's own log.")
        }
    }

    /// What a process was started with; nil where this user may not see it, or the system does not tell.
    static func environment(ofProcess number: Int32) -> [String: String]? {
        guard let bytes = FileManager.default.contents(atPath: "/proc/\(number)/environ"), !bytes.isEmpty else {
            return nil
        }
        return bytes.split(separator: 0).reduce(into: [:]) { variables, entry in
            let parts = entry.split(separator: UInt8(ascii: "="), maxSplits: 1)
            guard parts.count == 2 else { return }
            variables[String(decoding: parts[0], as: UTF8.self)] = String(decoding: parts[1], as: UTF8.self)
        }
    }
}
