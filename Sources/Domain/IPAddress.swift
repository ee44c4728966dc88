import Foundation

/// An IPv4 or IPv6 address: only its bytes, so that no spelling of it can deceive.
package struct IPAddress: Sendable, Hashable, CustomStringConvertible {
    /// In network order: 4 or 16.
    package let bytes: [UInt8]

    package init?(bytes: [UInt8]) {
        guard bytes.count == 4 || bytes.count == 16 else { return nil }
        self.bytes = bytes
    }

    /// - Parameter text: four decimal numbers, or IPv6 without brackets and zone. `127.1` and `0x7f.0.0.1` are no
    ///   addresses but names, which a resolver may know.
    package init?(parsing text: String) {
        // The system's parser would stop at a NUL and believe what stands before it.
        guard !text.utf8.contains(0),
            let bytes = Self.bytes(AF_INET, 4, text) ?? Self.bytes(AF_INET6, 16, text)
        else { return nil }
        self.bytes = bytes
    }

    package var isIPv4: Bool { bytes.count == 4 }

    package var description: String {
        var text = [CChar](repeating: 0, count: 64)
        guard inet_ntop(isIPv4 ? AF_INET : AF_INET6, bytes, &text, socklen_t(text.count)) != nil else { return "" }
        return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    private static func bytes(_ family: Int32, _ count: Int, _ text: String) -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: count)
        return inet_pton(family, text, &bytes) == 1 ? bytes : nil
    }
}

extension IPAddress {
    private static let mapping = [UInt8](repeating: 0, count: 10) + [0xff, 0xff]
    private static let translation: [UInt8] = [0x00, 0x64, 0xff, 0x9b] + [UInt8](repeating: 0, count: 8)

    /// The address itself, or the IPv4 address that an IPv4-mapped one (`::ffff:0:0/96`) is another name of.
    package var unmapped: IPAddress { embedded(after: Self.mapping) ?? self }

    /// The IPv4 address that a translator (RFC 6052, `64:ff9b::/96`) would go to.
    package var translated: IPAddress? { embedded(after: Self.translation) }

    private func embedded(after prefix: [UInt8]) -> IPAddress? {
        guard bytes.count == 16, bytes.starts(with: prefix) else { return nil }
        return IPAddress(bytes: Array(bytes.suffix(4)))
    }
}
