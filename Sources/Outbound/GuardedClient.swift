package import Domain
package import NIOCore

/// The house's messenger to addresses that somebody named: it looks a name up once, asks the guard about every
/// address of it, and goes to one of just these.
package struct GuardedClient: Outbound {
    /// Gives every address of a name.
    package typealias Resolve = @Sendable (_ name: String) async throws -> [IPAddress]

    let group: any EventLoopGroup
    let addressGuard: AddressGuard
    let certificateFile: String?
    let resolve: Resolve
    private let store: S3Signature?

    /// - Parameters:
    ///   - allow: what the operator opens of that which is closed.
    ///   - certificateFile: PEM; whose certificates are believed, in place of those whom the system knows.
    ///   - store: where `s3://` is; `nil` where there is none.
    package init(
        group: any EventLoopGroup, allow: [AddressRange] = [], certificateFile: String? = nil,
        store: S3Signature? = nil, resolve: @escaping Resolve = SystemResolver.addresses
    ) {
        self.group = group
        addressGuard = AddressGuard(allow: allow)
        self.certificateFile = certificateFile
        self.store = store
        self.resolve = resolve
    }

    package func check(url: String) throws(OutboundFault) {
        _ = try TargetURL(parsing: url)
    }

    package func fetching(_ url: String, at moment: Timestamp) throws(OutboundFault) -> OutboundRequest {
        guard url.hasPrefix("s3://") else {
            try check(url: url)
            return OutboundRequest(url: url)
        }
        guard let store else { throw OutboundFault(.invalid, "This server knows no store for s3:// addresses.") }
        guard let location = S3Location(parsing: url) else {
            throw OutboundFault(.invalid, "The address has not the form s3://bucket/key.")
        }
        return try store.request(for: location, at: Int(moment.seconds))
    }

    package func send(_ request: OutboundRequest) async throws(OutboundFault) -> OutboundAnswer {
        let target = try target(of: request)
        try RequestRules.check(request)
        let limit = TimeLimit(seconds: request.seconds, on: group.any())
        let errand = Errand(client: self, request: request, target: target, limit: limit)
        do {
            return try await limit.run { try await errand.run() }
        } catch {
            throw FaultWords(host: target.host, seconds: request.seconds).fault(error)
        }
    }

    /// Keys of stores can be longer than what somebody would write down.
    private func target(of request: OutboundRequest) throws(OutboundFault) -> TargetURL {
        try TargetURL(parsing: request.url, maximumBytes: request.isOperators ? 8192 : 2048)
    }
}
