import { behavesLikeAnEngine } from "./test.contract";

behavesLikeAnEngine("action-retrier");
