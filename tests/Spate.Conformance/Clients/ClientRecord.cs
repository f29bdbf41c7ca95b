namespace Spate.Conformance.Clients;

/// <summary>A record as every client can write and read it: one line of text for the key and one for the value.</summary>
internal sealed record ClientRecord(string Key, string Value);
