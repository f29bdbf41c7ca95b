using Spate.Coordination.Topics;

namespace Spate.Coordination.Groups.Share;

/// <summary>What came of a member's step, once its records are committed.</summary>
/// <param name="Member">The member after it.</param>
/// <param name="Topics">The topics that the group was held against.</param>
/// <param name="HasRaisedEpoch">Whether the group goes to a new epoch.</param>
/// <param name="HasLooked">Whether topics, members or the ledger were others than before.</param>
internal sealed record ShareStepResult(ShareMember Member, ITopicView Topics, bool HasRaisedEpoch, bool HasLooked);
