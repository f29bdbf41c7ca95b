namespace Spate.Protocol.Messages;

/// <summary>What is known of one API from its schema.</summary>
/// <param name="Key">Its key in the request header.</param>
/// <param name="Name">Its name, such as <c>Fetch</c>.</param>
/// <param name="LowestVersion">The oldest version that can be read and written.</param>
/// <param name="HighestVersion">The newest version that can be read and written.</param>
/// <param name="FirstFlexibleVersion">The first with compact lengths and tagged fields; <see cref="short.MaxValue"/> when there is none.</param>
/// <param name="Listeners">Which nodes answer it.</param>
public readonly record struct ApiFacts(
    ApiKey Key, string Name, short LowestVersion, short HighestVersion, short FirstFlexibleVersion, ApiListeners Listeners)
{
    /// <summary>True from the first flexible version on.</summary>
    public bool IsFlexible(short version) => version >= FirstFlexibleVersion;

    public bool Supports(short version) => version >= LowestVersion && version <= HighestVersion;

    /// <summary>
    /// The version of <see cref="RequestHeader"/> in front of a request: 2 when the request is flexible, else 1. The very first
    /// ControlledShutdown came without a client id, which is header version 0.
    /// </summary>
    public short RequestHeaderVersion(short version) =>
        IsFlexible(version) ? (short)2 : Key == ApiKey.ControlledShutdown && version == 0 ? (short)0 : (short)1;

    /// <summary>
    /// The version of <see cref="ResponseHeader"/> in front of a response: 1 when it is flexible, else 0. ApiVersions always has 0, so
    /// that a client that asked in a version the broker does not know can read the answer.
    /// </summary>
    public short ResponseHeaderVersion(short version) => IsFlexible(version) && Key != ApiKey.ApiVersions ? (short)1 : (short)0;
}
