package import NIOCore

extension JSON {
    /// Parses one whole text, strictly (RFC 8259): UTF-8 only, no byte order mark, no lone surrogates, nothing after
    /// the value, at most 128 arrays and objects within one another.
    package static func parse(_ bytes: ByteBuffer) throws(Fault) -> JSON {
        try bytes.withUnsafeReadableBytes { outcome($0) }.get()
    }

    package static func parse(_ bytes: ByteBufferView) throws(Fault) -> JSON {
        try bytes.withUnsafeBytes { outcome($0) }.get()
    }

    package static func parse(_ bytes: [UInt8]) throws(Fault) -> JSON {
        try bytes.withUnsafeBytes { outcome($0) }.get()
    }

    package static func parse(_ bytes: ArraySlice<UInt8>) throws(Fault) -> JSON {
        try bytes.withUnsafeBytes { outcome($0) }.get()
    }

    package static func parse(_ text: String) throws(Fault) -> JSON {
        var text = text
        return try text.withUTF8 { outcome(UnsafeRawBufferPointer($0)) }.get()
    }

    /// The members of one whole text that must be an object, in the order they came, repeated keys and all.
    package static func parseMembers(_ bytes: ByteBuffer) throws(Fault) -> [Object.Member] {
        try bytes.withUnsafeReadableBytes { bytes in
            Result { () throws(Fault) in
                try Reader.whole(bytes) { (reader) throws(Fault) in try reader.allMembers() }
            }
        }.get()
    }

    private static func outcome(_ bytes: UnsafeRawBufferPointer) -> Result<JSON, Fault> {
        Result { () throws(Fault) in
            try Reader.whole(bytes) { (reader) throws(Fault) in try reader.value() }
        }
    }
}
