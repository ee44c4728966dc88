/// Numbers that look like chance and are always the same for the same words.
enum Chance {
    /// FNV-1a, stirred by the last step of SplitMix64.
    static func number(of words: String, seed: UInt64 = 0) -> UInt64 {
        var hash = 0xcbf2_9ce4_8422_2325 ^ seed
        for byte in words.utf8 { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01b3 }
        hash = (hash ^ (hash >> 30)) &* 0xbf58_476d_1ce4_e5b9
        hash = (hash ^ (hash >> 27)) &* 0x94d0_49bb_1331_11eb
        return hash ^ (hash >> 31)
    }
}
