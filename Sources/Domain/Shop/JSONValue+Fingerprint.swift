import Crypto
import Foundation

extension JSONValue {
    /// SHA-256 in hexadecimal, whatever order members came in.
    var fingerprint: String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        let bytes = (try? encoder.encode(self)) ?? Data()
        return Array(SHA256.hash(data: bytes)).hexadecimal
    }
}
