namespace Spate.Storage.Tests.Validation;

/// <summary>A record as tests write and compare it; bytes are shown in base64 so that two records compare by value.</summary>
internal sealed record TestRecord(long Timestamp, string? Key, string? Value, string Headers = "");
