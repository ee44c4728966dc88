package import Domain

/// The guard at the door: says which addresses the server may not call for somebody else.
package struct AddressGuard: Sendable {
    private let allow: [AddressRange]

    /// - Parameter allow: what the operator opens of that which is closed.
    package init(allow: [AddressRange] = []) {
        self.allow = allow
    }

    package func isForbidden(_ address: IPAddress) -> Bool {
        let address = address.unmapped
        if allow.contains(where: { $0.contains(address) }) { return false }
        if let translated = address.translated { return isForbidden(translated) }
        return AddressRange.special.contains { $0.contains(address) }
    }
}
