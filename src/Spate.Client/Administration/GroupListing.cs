namespace Spate.Client.Administration;

/// <summary>A group that a broker coordinates.</summary>
/// <param name="GroupId">Its name.</param>
/// <param name="Type">What kind it is.</param>
/// <param name="State">How it stands.</param>
/// <param name="ProtocolType">What its members do: <c>consumer</c>, <c>connect</c> or another word of theirs; empty for a group that nobody joined.</param>
public sealed record GroupListing(string GroupId, GroupType Type, GroupState State, string ProtocolType);
