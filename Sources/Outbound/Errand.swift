import Domain
import NIOCore

/// One request on its way: finding the addresses, asking the guard, knocking at one door after the other.
struct Errand: Sendable {
    let client: GuardedClient
    let request: OutboundRequest
    let target: TargetURL
    let limit: TimeLimit

    /// A name with more addresses than these is no better reachable, but could have many knocked at.
    private static let mostDoors = 8

    func run() async throws -> OutboundAnswer {
        let doors = try await addresses().prefix(Self.mostDoors)
        for (index, address) in doors.enumerated() {
            try Task.checkCancellation()
            let seal = Seal(address, secureName: secureName)
            do {
                return try await visit(seal, doorsLeft: doors.count - index)
            } catch {
                guard !seal.isBroken, index + 1 < doors.count, !Task.isCancelled else { throw error }
            }
        }
        throw SystemResolver.UnknownName()
    }

    /// Only names: of an address the certificate can be nothing else.
    private var secureName: String? {
        target.scheme == .https && target.literal == nil ? target.host : nil
    }

    private func visit(_ seal: Seal, doorsLeft: Int) async throws -> OutboundAnswer {
        let visit = Visit(
            request: request, target: target, seal: seal, end: limit.end,
            connectTime: min(.seconds(10), .nanoseconds(limit.left.nanoseconds / Int64(doorsLeft))))
        return try await visit.run(group: client.group, certificateFile: client.certificateFile)
    }

    /// One forbidden address among them is enough: whoever gives it does not mean well.
    private func addresses() async throws -> [IPAddress] {
        let addresses = if let literal = target.literal { [literal] } else { try await client.resolve(target.host) }
        if !request.isOperators, addresses.contains(where: client.addressGuard.isForbidden) {
            throw OutboundFault(.forbidden, "The address of “\(target.host)” is one that this server may not call.")
        }
        return addresses
    }
}
