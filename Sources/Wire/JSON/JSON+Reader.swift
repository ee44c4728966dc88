extension JSON {
    /// A cursor over the bytes of one JSON text. It checks whatever it passes, kept or skipped.
    struct Reader {
        /// Arrays and objects within one another.
        static let depthLimit = 128

        let bytes: UnsafeRawBufferPointer
        var position = 0
        private var depth = 0

        init(_ bytes: UnsafeRawBufferPointer) {
            self.bytes = bytes
        }

        func fault(_ problem: String, at offset: Int? = nil) -> Fault {
            Fault(offset: offset ?? position, problem: problem)
        }

        /// The next byte that is not white space; it stays to be read.
        mutating func next() throws(Fault) -> UInt8 {
            while position < bytes.count {
                let byte = bytes[position]
                guard byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 else { return byte }
                position &+= 1
            }
            throw fault("the text ended too early")
        }

        /// Checks that nothing but white space is left.
        mutating func end() throws(Fault) {
            while position < bytes.count {
                let byte = bytes[position]
                guard byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 else {
                    throw fault("something after the value")
                }
                position &+= 1
            }
        }

        /// Runs `body` on a whole text: one value, and nothing after it.
        static func whole<Value>(
            _ bytes: UnsafeRawBufferPointer, _ body: (inout Reader) throws(Fault) -> Value
        ) throws(Fault) -> Value {
            var reader = Reader(bytes)
            if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { throw reader.fault("a byte order mark") }
            let value = try body(&reader)
            try reader.end()
            return value
        }
    }
}

extension JSON.Reader {
    /// Reads an object, handing each member's name to `each`, which must read or skip the value.
    mutating func members(_ each: (inout Self, Name) throws(JSON.Fault) -> Void) throws(JSON.Fault) {
        try enter()
        if try next() == UInt8(ascii: "}") { return leave() }
        while true {
            guard try next() == UInt8(ascii: "\"") else { throw fault("a member without a quoted name") }
            let name = try passString()
            guard try next() == UInt8(ascii: ":") else { throw fault("no colon after a member's name") }
            position &+= 1
            try each(&self, name)
            switch try next() {
            case UInt8(ascii: ","): position &+= 1
            case UInt8(ascii: "}"): return leave()
            default: throw fault("neither comma nor brace after a member")
            }
        }
    }

    /// Reads an array, calling `each` with the place of every element, which it must read or skip.
    mutating func elements(_ each: (inout Self, Int) throws(JSON.Fault) -> Void) throws(JSON.Fault) {
        try enter()
        if try next() == UInt8(ascii: "]") { return leave() }
        var place = 0
        while true {
            try each(&self, place)
            place &+= 1
            switch try next() {
            case UInt8(ascii: ","): position &+= 1
            case UInt8(ascii: "]"): return leave()
            default: throw fault("neither comma nor bracket after an element")
            }
        }
    }

    private mutating func enter() throws(JSON.Fault) {
        guard depth < Self.depthLimit else { throw fault("more than \(Self.depthLimit) values within one another") }
        depth &+= 1
        position &+= 1
    }

    private mutating func leave() {
        depth &-= 1
        position &+= 1
    }

    mutating func skipValue() throws(JSON.Fault) {
        switch try next() {
        case UInt8(ascii: "{"): try members { (reader, _) throws(JSON.Fault) in try reader.skipValue() }
        case UInt8(ascii: "["): try elements { (reader, _) throws(JSON.Fault) in try reader.skipValue() }
        case UInt8(ascii: "\""): _ = try passString()
        case UInt8(ascii: "t"): try pass("true")
        case UInt8(ascii: "f"): try pass("false")
        case UInt8(ascii: "n"): try pass("null")
        default: _ = try number()
        }
    }

    mutating func value() throws(JSON.Fault) -> JSON {
        switch try next() {
        case UInt8(ascii: "{"):
            var object = JSON.Object()
            try members { (reader, name) throws(JSON.Fault) in object[reader.text(name)] = try reader.value() }
            return .object(object)
        case UInt8(ascii: "["):
            var array: [JSON] = []
            try elements { (reader, _) throws(JSON.Fault) in array.append(try reader.value()) }
            return .array(array)
        case UInt8(ascii: "\""): return .string(text(try passString()))
        case UInt8(ascii: "t"):
            try pass("true")
            return .bool(true)
        case UInt8(ascii: "f"):
            try pass("false")
            return .bool(false)
        case UInt8(ascii: "n"):
            try pass("null")
            return .null
        default: return try number()
        }
    }

    /// An object's members, of which several may have one key.
    mutating func allMembers() throws(JSON.Fault) -> [JSON.Object.Member] {
        guard try next() == UInt8(ascii: "{") else { throw fault("not an object") }
        var all: [JSON.Object.Member] = []
        try members { (reader, name) throws(JSON.Fault) in
            all.append(JSON.Object.Member(key: reader.text(name), value: try reader.value()))
        }
        return all
    }

    private mutating func pass(_ word: StaticString) throws(JSON.Fault) {
        for offset in 0..<word.utf8CodeUnitCount {
            guard position + offset < bytes.count else { throw fault("the text ended too early", at: bytes.count) }
            guard bytes[position + offset] == word.utf8Start[offset] else { throw fault("not a JSON value") }
        }
        position &+= word.utf8CodeUnitCount
    }
}
