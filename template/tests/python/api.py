"""The public functions of this project, with the types of what they take and give.

Written by `convex-scaffold stubs` from the validators in convex/; do not edit it, but
run that again. A function is called with a client, and with its arguments in one
dictionary:

    notifications.admin.listByDelivery(alice, {...})
"""

from typing import Literal, NewType, NotRequired, TypedDict

from scaffold.testing import (
    Action,
    Mutation,
    PaginationOptions,
    PaginationResult,
    Query,
)

IdempotencyKeysId = NewType("IdempotencyKeysId", str)
MembershipsId = NewType("MembershipsId", str)
NotificationsId = NewType("NotificationsId", str)
OrdersId = NewType("OrdersId", str)
OrganizationsId = NewType("OrganizationsId", str)
PaymentsId = NewType("PaymentsId", str)
RetryRunsId = NewType("RetryRunsId", str)
RoomMessagesId = NewType("RoomMessagesId", str)
RoomsId = NewType("RoomsId", str)
UsersId = NewType("UsersId", str)

# `deliveryKind` in the code.
DeliveryKind = Literal["inboxOnly", "queued", "sent", "undelivered"]


class NotificationsAdminListByDeliveryArgs(TypedDict):
    """What notifications/admin:listByDelivery takes."""

    kind: DeliveryKind
    paginationOpts: PaginationOptions


class DeliveryInboxOnly(TypedDict):
    """`delivery` in the code."""

    kind: Literal["inboxOnly"]


class DeliveryQueued(TypedDict):
    """`delivery` in the code."""

    kind: Literal["queued"]
    queuedAt: float


class DeliverySent(TypedDict):
    """`delivery` in the code."""

    kind: Literal["sent"]
    sentAt: float
    messageId: str


class DeliveryUndelivered(TypedDict):
    """`delivery` in the code."""

    kind: Literal["undelivered"]
    gaveUpAt: float


# `delivery` in the code.
Delivery = DeliveryInboxOnly | DeliveryQueued | DeliverySent | DeliveryUndelivered


class DeliveryView(TypedDict):
    """`deliveryView` in the code."""

    notificationId: NotificationsId
    ownerId: UsersId
    key: str
    delivery: Delivery


class NotificationsAdminResendArgs(TypedDict):
    """What notifications/admin:resend takes."""

    notificationId: NotificationsId


class NotificationsPublicListArgs(TypedDict):
    """What notifications/public:list takes."""

    paginationOpts: PaginationOptions


class NotificationView(TypedDict):
    """`notificationView` in the code."""

    notificationId: NotificationsId
    notifiedAt: float
    title: str
    body: str
    readAt: NotRequired[float]


class NotificationsPublicMarkReadArgs(TypedDict):
    """What notifications/public:markRead takes."""

    notificationId: NotificationsId


# `stateKind` in the code.
StateKind = Literal["unpaid", "paid", "cancelled", "expired"]


class OrdersAdminListByStateArgs(TypedDict):
    """What orders/admin:listByState takes."""

    kind: StateKind
    paginationOpts: PaginationOptions


# `currency` in the code.
Currency = Literal["EUR", "GBP", "USD"]


class OrderItem(TypedDict):
    """`orderItem` in the code."""

    sku: str
    quantity: float
    unitPrice: float


class OrderStateUnpaid(TypedDict):
    """`orderState` in the code."""

    kind: Literal["unpaid"]
    payBefore: float


class OrderStatePaid(TypedDict):
    """`orderState` in the code."""

    kind: Literal["paid"]
    paidAt: float


class OrderStateCancelled(TypedDict):
    """`orderState` in the code."""

    kind: Literal["cancelled"]
    cancelledAt: float


class OrderStateExpired(TypedDict):
    """`orderState` in the code."""

    kind: Literal["expired"]
    expiredAt: float


# `orderState` in the code.
OrderState = OrderStateUnpaid | OrderStatePaid | OrderStateCancelled | OrderStateExpired


class ShippingQuote(TypedDict):
    """`shippingQuote` in the code."""

    amount: float
    country: str
    quotedAt: float


class OrderView(TypedDict):
    """`orderView` in the code."""

    orderId: OrdersId
    placedAt: float
    currency: Currency
    items: list[OrderItem]
    total: float
    state: OrderState
    shipping: NotRequired[ShippingQuote]


class OrdersPublicCancelArgs(TypedDict):
    """What orders/public:cancel takes."""

    orderId: OrdersId


class OrdersPublicGetArgs(TypedDict):
    """What orders/public:get takes."""

    orderId: OrdersId


class OrdersPublicListArgs(TypedDict):
    """What orders/public:list takes."""

    paginationOpts: PaginationOptions


class WantedItem(TypedDict):
    """`wantedItem` in the code."""

    sku: str
    quantity: float


class OrdersPublicPlaceArgs(TypedDict):
    """What orders/public:place takes."""

    requestId: str
    currency: Currency
    items: list[WantedItem]


class OrdersPublicQuoteShippingArgs(TypedDict):
    """What orders/public:quoteShipping takes."""

    orderId: OrdersId
    country: str


class OrganizationsPublicCreateArgs(TypedDict):
    """What organizations/public:create takes."""

    requestId: str
    name: str


class OrganizationsPublicGetArgs(TypedDict):
    """What organizations/public:get takes."""

    organizationId: OrganizationsId


# `memberRole` in the code.
MemberRole = Literal["member", "admin", "owner"]


class OrganizationView(TypedDict):
    """`organizationView` in the code."""

    organizationId: OrganizationsId
    name: str
    role: MemberRole


# `invitedRole` in the code.
InvitedRole = Literal["member", "admin"]


class OrganizationsPublicInviteArgs(TypedDict):
    """What organizations/public:invite takes."""

    organizationId: OrganizationsId
    role: InvitedRole


class OrganizationsPublicJoinArgs(TypedDict):
    """What organizations/public:join takes."""

    code: str


class OrganizationsPublicListArgs(TypedDict):
    """What organizations/public:list takes."""

    paginationOpts: PaginationOptions


class OrganizationsPublicMembersArgs(TypedDict):
    """What organizations/public:members takes."""

    organizationId: OrganizationsId
    paginationOpts: PaginationOptions


class MemberView(TypedDict):
    """`memberView` in the code."""

    membershipId: MembershipsId
    name: NotRequired[str]
    role: MemberRole
    isMe: bool


class OrganizationsPublicRemoveMemberArgs(TypedDict):
    """What organizations/public:removeMember takes."""

    membershipId: MembershipsId


class OrganizationsPublicSetRoleArgs(TypedDict):
    """What organizations/public:setRole takes."""

    membershipId: MembershipsId
    role: MemberRole


class PaymentsAdminAskAgainArgs(TypedDict):
    """What payments/admin:askAgain takes."""

    paymentId: PaymentsId


# `paymentStateKind` in the code.
PaymentStateKind = Literal[
    "charging",
    "paid",
    "provisioned",
    "declined",
    "failed",
    "refunded",
    "review",
]


class PaymentsAdminListByStateArgs(TypedDict):
    """What payments/admin:listByState takes."""

    kind: PaymentStateKind
    paginationOpts: PaginationOptions


class PaymentStateCharging(TypedDict):
    """`paymentState` in the code."""

    kind: Literal["charging"]
    checkAt: float


class PaymentStatePaid(TypedDict):
    """`paymentState` in the code."""

    kind: Literal["paid"]
    chargeId: str
    paidAt: float
    checkAt: float


class PaymentStateProvisioned(TypedDict):
    """`paymentState` in the code."""

    kind: Literal["provisioned"]
    chargeId: str
    paidAt: float
    provisionedAt: float


class PaymentStateDeclined(TypedDict):
    """`paymentState` in the code."""

    kind: Literal["declined"]
    declinedAt: float


class PaymentStateFailed(TypedDict):
    """`paymentState` in the code."""

    kind: Literal["failed"]
    failedAt: float


class PaymentStateRefunded(TypedDict):
    """`paymentState` in the code."""

    kind: Literal["refunded"]
    chargeId: str
    refundedAt: float


# `doubt` in the code.
Doubt = Literal["unknownOutcome", "wrongAmount", "chargedTwice", "notProvisioned"]


class PaymentStateReview(TypedDict):
    """`paymentState` in the code."""

    kind: Literal["review"]
    doubt: Doubt
    since: float


# `paymentState` in the code.
PaymentState = (
    PaymentStateCharging
    | PaymentStatePaid
    | PaymentStateProvisioned
    | PaymentStateDeclined
    | PaymentStateFailed
    | PaymentStateRefunded
    | PaymentStateReview
)


class PaymentForAdmins(TypedDict):
    """`paymentForAdmins` in the code."""

    paymentId: PaymentsId
    startedAt: float
    product: str
    currency: Currency
    amount: float
    refunded: float
    ownerId: UsersId
    state: PaymentState


class PaymentsPublicGetArgs(TypedDict):
    """What payments/public:get takes."""

    paymentId: PaymentsId


class PaymentView(TypedDict):
    """`paymentView` in the code."""

    paymentId: PaymentsId
    startedAt: float
    product: str
    currency: Currency
    amount: float
    refunded: float
    state: PaymentStateKind


class PaymentsPublicListArgs(TypedDict):
    """What payments/public:list takes."""

    paginationOpts: PaginationOptions


class PaymentsPublicListEntitlementsArgs(TypedDict):
    """What payments/public:listEntitlements takes."""

    paginationOpts: PaginationOptions


class EntitlementView(TypedDict):
    """`entitlementView` in the code."""

    product: str
    since: float
    revokedAt: NotRequired[float]


class PaymentsPublicStartArgs(TypedDict):
    """What payments/public:start takes."""

    requestId: str
    product: str
    currency: Currency
    method: str


class ReliabilityAdminAbandonArgs(TypedDict):
    """What reliability/admin:abandon takes."""

    runId: RetryRunsId
    reason: str


class ReliabilityAdminAbandonKeyArgs(TypedDict):
    """What reliability/admin:abandonKey takes."""

    claimId: IdempotencyKeysId
    reason: str


class ReliabilityAdminListAuditArgs(TypedDict):
    """What reliability/admin:listAudit takes."""

    paginationOpts: PaginationOptions


class AuditView(TypedDict):
    """`auditView` in the code."""

    at: float
    actor: UsersId
    deed: str
    target: str
    what: str
    reason: str


# `keyStateKind` in the code.
KeyStateKind = Literal["inProgress", "done", "failed", "stuck", "abandoned"]


class ReliabilityAdminListKeysArgs(TypedDict):
    """What reliability/admin:listKeys takes."""

    kind: KeyStateKind
    paginationOpts: PaginationOptions


class KeyView(TypedDict):
    """`keyView` in the code."""

    claimId: IdempotencyKeysId
    claimedAt: float
    scope: str
    key: str
    owner: NotRequired[str]
    status: KeyStateKind
    attempts: float
    lastError: NotRequired[str]
    returned: NotRequired[str]
    expiresAt: NotRequired[float]


# `runStateKind` in the code.
RunStateKind = Literal["active", "delivering", "completed"]


class ReliabilityAdminListRunsArgs(TypedDict):
    """What reliability/admin:listRuns takes."""

    kind: RunStateKind
    paginationOpts: PaginationOptions


# `runStatus` in the code.
RunStatus = Literal[
    "waiting",
    "running",
    "delivering",
    "stuck",
    "success",
    "failed",
    "canceled",
]


class RunView(TypedDict):
    """`runView` in the code."""

    runId: RetryRunsId
    startedAt: float
    action: str
    args: str
    engine: str
    status: RunStatus
    attempts: float
    lastError: NotRequired[str]
    returned: NotRequired[str]
    wakeAt: NotRequired[float]


class ReliabilityAdminRecentResult(TypedDict):
    """What reliability/admin:recent gives."""

    runs: list[RunView]
    keys: list[KeyView]
    undelivered: list[RunView]
    stuck: list[KeyView]


class ReliabilityAdminReleaseKeyArgs(TypedDict):
    """What reliability/admin:releaseKey takes."""

    claimId: IdempotencyKeysId
    reason: str


class ReliabilityAdminReplayArgs(TypedDict):
    """What reliability/admin:replay takes."""

    runId: RetryRunsId
    reason: str


class RoomsPublicBeatArgs(TypedDict):
    """What rooms/public:beat takes."""

    roomId: RoomsId


class RoomsPublicCreateArgs(TypedDict):
    """What rooms/public:create takes."""

    requestId: str
    name: str


class RoomsPublicGetArgs(TypedDict):
    """What rooms/public:get takes."""

    roomId: RoomsId


class RoomView(TypedDict):
    """`roomView` in the code."""

    roomId: RoomsId
    name: str


class RoomsPublicLeaveArgs(TypedDict):
    """What rooms/public:leave takes."""

    roomId: RoomsId


class RoomsPublicListArgs(TypedDict):
    """What rooms/public:list takes."""

    paginationOpts: PaginationOptions


class RoomsPublicMessageCountArgs(TypedDict):
    """What rooms/public:messageCount takes."""

    roomId: RoomsId


class RoomsPublicMessagesArgs(TypedDict):
    """What rooms/public:messages takes."""

    roomId: RoomsId
    paginationOpts: PaginationOptions


class MessageView(TypedDict):
    """`messageView` in the code."""

    messageId: RoomMessagesId
    authorName: str
    isMine: bool
    body: str
    sentAt: float


class RoomsPublicPresentArgs(TypedDict):
    """What rooms/public:present takes."""

    roomId: RoomsId


class PresentView(TypedDict):
    """`presentView` in the code."""

    name: str
    isMe: bool


# What rooms/public:present gives.
RoomsPublicPresentResult = list[PresentView]


class RoomsPublicRemoveArgs(TypedDict):
    """What rooms/public:remove takes."""

    messageId: RoomMessagesId


class RoomsPublicSendArgs(TypedDict):
    """What rooms/public:send takes."""

    roomId: RoomsId
    requestId: str
    body: str


class UsersAdminListArgs(TypedDict):
    """What users/admin:list takes."""

    paginationOpts: PaginationOptions


# `userRole` in the code.
UserRole = Literal["member", "support", "admin"]


class ListedUser(TypedDict):
    """`listedUser` in the code."""

    userId: UsersId
    role: UserRole
    name: NotRequired[str]


class UsersAdminSetRoleArgs(TypedDict):
    """What users/admin:setRole takes."""

    userId: UsersId
    role: UserRole


class OwnProfile(TypedDict):
    """`ownProfile` in the code."""

    userId: UsersId
    role: UserRole
    name: NotRequired[str]
    email: NotRequired[str]


class _NotificationsAdmin:
    """The functions of convex/notifications/admin.ts."""

    listByDelivery = Query[
        [NotificationsAdminListByDeliveryArgs],
        PaginationResult[DeliveryView],
    ]("notifications/admin:listByDelivery")
    resend = Mutation[
        [NotificationsAdminResendArgs],
        None,
    ]("notifications/admin:resend")


class _NotificationsPublic:
    """The functions of convex/notifications/public.ts."""

    list = Query[
        [NotificationsPublicListArgs],
        PaginationResult[NotificationView],
    ]("notifications/public:list")
    markRead = Mutation[
        [NotificationsPublicMarkReadArgs],
        None,
    ]("notifications/public:markRead")


class _Notifications:
    """The modules in convex/notifications/."""

    admin = _NotificationsAdmin
    public = _NotificationsPublic


class _OrdersAdmin:
    """The functions of convex/orders/admin.ts."""

    listByState = Query[
        [OrdersAdminListByStateArgs],
        PaginationResult[OrderView],
    ]("orders/admin:listByState")


class _OrdersPublic:
    """The functions of convex/orders/public.ts."""

    cancel = Mutation[[OrdersPublicCancelArgs], None]("orders/public:cancel")
    get = Query[[OrdersPublicGetArgs], OrderView]("orders/public:get")
    list = Query[
        [OrdersPublicListArgs],
        PaginationResult[OrderView],
    ]("orders/public:list")
    place = Mutation[[OrdersPublicPlaceArgs], OrdersId]("orders/public:place")
    quoteShipping = Action[
        [OrdersPublicQuoteShippingArgs],
        float,
    ]("orders/public:quoteShipping")


class _Orders:
    """The modules in convex/orders/."""

    admin = _OrdersAdmin
    public = _OrdersPublic


class _OrganizationsPublic:
    """The functions of convex/organizations/public.ts."""

    create = Mutation[
        [OrganizationsPublicCreateArgs],
        OrganizationsId,
    ]("organizations/public:create")
    get = Query[
        [OrganizationsPublicGetArgs],
        OrganizationView,
    ]("organizations/public:get")
    invite = Mutation[
        [OrganizationsPublicInviteArgs],
        str,
    ]("organizations/public:invite")
    join = Mutation[
        [OrganizationsPublicJoinArgs],
        OrganizationsId,
    ]("organizations/public:join")
    list = Query[
        [OrganizationsPublicListArgs],
        PaginationResult[OrganizationView],
    ]("organizations/public:list")
    members = Query[
        [OrganizationsPublicMembersArgs],
        PaginationResult[MemberView],
    ]("organizations/public:members")
    removeMember = Mutation[
        [OrganizationsPublicRemoveMemberArgs],
        None,
    ]("organizations/public:removeMember")
    setRole = Mutation[
        [OrganizationsPublicSetRoleArgs],
        None,
    ]("organizations/public:setRole")


class _Organizations:
    """The modules in convex/organizations/."""

    public = _OrganizationsPublic


class _PaymentsAdmin:
    """The functions of convex/payments/admin.ts."""

    askAgain = Mutation[[PaymentsAdminAskAgainArgs], None]("payments/admin:askAgain")
    listByState = Query[
        [PaymentsAdminListByStateArgs],
        PaginationResult[PaymentForAdmins],
    ]("payments/admin:listByState")


class _PaymentsPublic:
    """The functions of convex/payments/public.ts."""

    get = Query[[PaymentsPublicGetArgs], PaymentView]("payments/public:get")
    list = Query[
        [PaymentsPublicListArgs],
        PaginationResult[PaymentView],
    ]("payments/public:list")
    listEntitlements = Query[
        [PaymentsPublicListEntitlementsArgs],
        PaginationResult[EntitlementView],
    ]("payments/public:listEntitlements")
    start = Mutation[[PaymentsPublicStartArgs], PaymentsId]("payments/public:start")


class _Payments:
    """The modules in convex/payments/."""

    admin = _PaymentsAdmin
    public = _PaymentsPublic


class _ReliabilityAdmin:
    """The functions of convex/reliability/admin.ts."""

    abandon = Mutation[[ReliabilityAdminAbandonArgs], None]("reliability/admin:abandon")
    abandonKey = Mutation[
        [ReliabilityAdminAbandonKeyArgs],
        None,
    ]("reliability/admin:abandonKey")
    listAudit = Query[
        [ReliabilityAdminListAuditArgs],
        PaginationResult[AuditView],
    ]("reliability/admin:listAudit")
    listKeys = Query[
        [ReliabilityAdminListKeysArgs],
        PaginationResult[KeyView],
    ]("reliability/admin:listKeys")
    listRuns = Query[
        [ReliabilityAdminListRunsArgs],
        PaginationResult[RunView],
    ]("reliability/admin:listRuns")
    recent = Query[[], ReliabilityAdminRecentResult]("reliability/admin:recent")
    releaseKey = Mutation[
        [ReliabilityAdminReleaseKeyArgs],
        None,
    ]("reliability/admin:releaseKey")
    replay = Mutation[[ReliabilityAdminReplayArgs], None]("reliability/admin:replay")


class _Reliability:
    """The modules in convex/reliability/."""

    admin = _ReliabilityAdmin


class _RoomsPublic:
    """The functions of convex/rooms/public.ts."""

    beat = Mutation[[RoomsPublicBeatArgs], None]("rooms/public:beat")
    create = Mutation[[RoomsPublicCreateArgs], RoomsId]("rooms/public:create")
    get = Query[[RoomsPublicGetArgs], RoomView]("rooms/public:get")
    leave = Mutation[[RoomsPublicLeaveArgs], None]("rooms/public:leave")
    list = Query[[RoomsPublicListArgs], PaginationResult[RoomView]]("rooms/public:list")
    messageCount = Query[
        [RoomsPublicMessageCountArgs],
        float,
    ]("rooms/public:messageCount")
    messages = Query[
        [RoomsPublicMessagesArgs],
        PaginationResult[MessageView],
    ]("rooms/public:messages")
    present = Query[
        [RoomsPublicPresentArgs],
        RoomsPublicPresentResult,
    ]("rooms/public:present")
    remove = Mutation[[RoomsPublicRemoveArgs], None]("rooms/public:remove")
    send = Mutation[[RoomsPublicSendArgs], RoomMessagesId]("rooms/public:send")


class _Rooms:
    """The modules in convex/rooms/."""

    public = _RoomsPublic


class _UsersAdmin:
    """The functions of convex/users/admin.ts."""

    list = Query[[UsersAdminListArgs], PaginationResult[ListedUser]]("users/admin:list")
    setRole = Mutation[[UsersAdminSetRoleArgs], None]("users/admin:setRole")


class _UsersPublic:
    """The functions of convex/users/public.ts."""

    me = Query[[], OwnProfile | None]("users/public:me")
    store = Mutation[[], UsersId]("users/public:store")


class _Users:
    """The modules in convex/users/."""

    admin = _UsersAdmin
    public = _UsersPublic


notifications = _Notifications
orders = _Orders
organizations = _Organizations
payments = _Payments
reliability = _Reliability
rooms = _Rooms
users = _Users
