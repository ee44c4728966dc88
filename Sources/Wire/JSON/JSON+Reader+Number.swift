extension JSON.Reader {
    /// Reads the number at the cursor. What is too large for a double is a fault; what is too small becomes zero.
    mutating func number() throws(JSON.Fault) -> JSON {
        let start = position
        let negative = bytes[position] == UInt8(ascii: "-")
        if negative { position &+= 1 }
        let digits = passDigits()
        guard digits > 0 else {
            throw fault(negative ? "a minus sign without a number" : "not a JSON value", at: start)
        }
        guard digits == 1 || bytes[position - digits] != UInt8(ascii: "0") else {
            throw fault("a number that begins with zero", at: start)
        }
        let fraction = try passFraction()
        let exponent = try passExponent()
        if !fraction, !exponent, let integer = integer(in: start..<position, negative: negative) {
            return .integer(integer)
        }
        let text = String(decoding: UnsafeRawBufferPointer(rebasing: bytes[start..<position]), as: UTF8.self)
        guard let value = Double(text), value.isFinite else { throw fault("a number too large to hold", at: start) }
        return .number(value)
    }

    private mutating func passDigits() -> Int {
        let start = position
        while position < bytes.count, bytes[position] &- UInt8(ascii: "0") < 10 { position &+= 1 }
        return position - start
    }

    private mutating func passFraction() throws(JSON.Fault) -> Bool {
        guard position < bytes.count, bytes[position] == UInt8(ascii: ".") else { return false }
        position &+= 1
        guard passDigits() > 0 else { throw fault("a decimal point without digits") }
        return true
    }

    private mutating func passExponent() throws(JSON.Fault) -> Bool {
        guard position < bytes.count, bytes[position] | 0x20 == UInt8(ascii: "e") else { return false }
        position &+= 1
        if position < bytes.count, bytes[position] == UInt8(ascii: "+") || bytes[position] == UInt8(ascii: "-") {
            position &+= 1
        }
        guard passDigits() > 0 else { throw fault("an exponent without digits") }
        return true
    }

    /// `nil` for what does not fit, and for minus zero, which only a double can hold.
    private func integer(in range: Range<Int>, negative: Bool) -> Int64? {
        var value: Int64 = 0
        for index in range.lowerBound + (negative ? 1 : 0)..<range.upperBound {
            let digit = Int64(bytes[index] &- UInt8(ascii: "0"))
            let (tens, overTens) = value.multipliedReportingOverflow(by: 10)
            let (sum, overSum) =
                negative ? tens.subtractingReportingOverflow(digit) : tens.addingReportingOverflow(digit)
            if overTens || overSum { return nil }
            value = sum
        }
        return negative && value == 0 ? nil : value
    }
}
