namespace Spate.Coordination.Groups;

/// <summary>The kinds of groups, as ListGroups calls them.</summary>
internal static class GroupTypes
{
    public const string Classic = "classic";

    public const string Consumer = "consumer";

    public const string Share = "share";

    public const string Streams = "streams";
}
